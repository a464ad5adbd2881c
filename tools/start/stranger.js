import { connect } from 'portico/client';
import { tabs } from 'portico-tabs/protocol';

/** Knocks at a host, and tells what it was told. */
globalThis.knock = async (host, name) => {
  const { session } = connect(
    { ...tabs, name: name ?? tabs.name },
    { needs: ['read'], ...(host ? { host } : {}) },
  );
  try {
    await session.ready();
    return 'admitted';
  } catch ({ code, message }) {
    return { code, message };
  } finally {
    session.close();
  }
};
