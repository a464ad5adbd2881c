import { defineProtocol, method } from 'portico';
import { connect } from 'portico/client';
import { allow, createHost, holdsPermission } from 'portico/host';
import type { ContextScope } from 'portico/testing';
import { expect, test } from 'vitest';
import { browserFor, PROFILES } from '../simulator/support.js';

const tabs = defineProtocol({
  name: 'org.example.tabs',
  version: '1.0.0',
  capabilities: { read: { title: 'Read', members: { ping: method() } } },
});

test.each(PROFILES)(
  'a caller that is updated without the permission is refused from then on, and admitted when it has it again: %s',
  async (profile) => {
    const browser = browserFor({ profile });
    const host = await browser.install({
      manifest: { name: 'Host', permissions: ['management'] },
      background(_api, { platform }) {
        const host = createHost({ platform });
        host.publish(tabs, {
          read: { admit: [allow(holdsPermission('tabs'))], provide: () => ({ ping() {} }) },
        });
        host.listen();
      },
    });
    let scope: ContextScope | undefined;
    const withPermissions = (...permissions: string[]) => ({
      manifest: { name: 'Client', permissions },
      background: (_api: unknown, own: ContextScope) => {
        scope = own;
      },
    });
    const client = await browser.install(withPermissions('tabs'));
    const outcome = async (): Promise<string> => {
      const { platform } = scope as ContextScope;
      const connection = connect(tabs, { platform, host: host.id, needs: ['read'] });
      const code = await browser.run(
        connection.session.ready().then(
          () => 'admitted',
          ({ code }) => code,
        ),
      );
      connection.session.close();
      return code;
    };
    expect(await outcome()).toBe('admitted');
    await client.update(withPermissions());
    expect(await outcome()).toBe('REFUSED');
    await client.update(withPermissions('tabs'));
    expect(await outcome()).toBe('admitted');
    expect(host.worker.starts).toBe(1);
  },
);
