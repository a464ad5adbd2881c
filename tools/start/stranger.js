import { connect } from 'portico/client';
import { tabs } from 'portico-tabs/protocol';

/** Knocks at a host, and tells what it was told. */
globalThis.knock = async (host, name, capability) => {
  const { session } = connect(
    { ...tabs, name: name ?? tabs.name },
    { needs: [capability ?? 'read'], name: 'A stranger', ...(host ? { host } : {}) },
  );
  try {
    return await Promise.race([
      session.ready().then(() => 'admitted'),
      new Promise((resolve) => {
        session.onChange((state) => state === 'pending' && resolve('pending'));
      }),
    ]);
  } catch ({ code, message }) {
    return { code, message };
  } finally {
    session.close();
  }
};
