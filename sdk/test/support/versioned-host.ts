import { defineProtocol, method } from 'portico';
import { allow, createHost, type Host, refuse, where } from 'portico/host';

export interface VersionedHostOptions {
  readonly versions?: readonly string[];
  /** The version that refuses everybody. */
  readonly refuses?: string;
  /** Told of every rule that is asked. */
  readonly onRule?: (capability: string) => void;
}

/** A host that publishes several majors of `org.example.tabs`, and lets every extension in. */
export const versionedHost = (options: VersionedHostOptions = {}): { readonly host: Host } => {
  const { versions = ['1.4.0', '2.1.3'], refuses, onRule = () => {} } = options;
  const host = createHost();
  for (const version of versions) {
    const rule = (capability: string) => {
      const matcher = where(['extension'], () => {
        onRule(capability);
        return true;
      });
      return version === refuses ? refuse(matcher) : allow(matcher);
    };
    const members = { ping: method() };
    const protocol = defineProtocol({
      name: 'org.example.tabs',
      version,
      capabilities: { read: { title: 'Read', members }, write: { title: 'Write', members } },
    });
    host.publish(protocol, {
      read: { admit: [rule('read')], provide: () => ({ ping: () => {} }) },
      write: { admit: [rule('write')], provide: () => ({ ping: () => {} }) },
    });
  }
  return { host };
};
