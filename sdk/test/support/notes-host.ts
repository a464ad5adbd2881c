import { bytes, defineProtocol, gated, method } from 'portico';
import { connect } from 'portico/client';
import {
  allow,
  anyExtension,
  createHost,
  type Implementation,
  type LogEntry,
  type Session,
} from 'portico/host';
import { Type } from 'typebox';
import type { Limits } from '../../src/limits/limits.js';
import { linked } from './linked.js';

/** A protocol for tests of what runs in a host. */
export const notes = defineProtocol({
  name: 'org.example.notes',
  version: '1.0.0',
  errors: { gone: Type.Object({ id: Type.Integer() }), other: Type.Null() },
  capabilities: {
    read: {
      title: 'Read',
      members: {
        get: method({
          params: Type.Object({ id: Type.Integer() }),
          result: Type.Object({ id: Type.Integer(), title: gated('titles', Type.String()) }),
          errors: ['gone'],
        }),
        blob: method({ result: bytes() }),
        nothing: method(),
      },
    },
    write: { title: 'Write', members: { put: method({ deadline: '2s' }) } },
    titles: { title: 'Titles' },
  },
});
type Read = Implementation<typeof notes, 'read'>;
type Write = Implementation<typeof notes, 'write'>;

export interface NotesHostOptions {
  readonly read?: Partial<Read> | ((session: Session) => Partial<Read>);
  readonly write?: Partial<Write> | ((session: Session) => Partial<Write>);
  readonly limits?: Partial<Limits>;
  readonly log?: (entry: LogEntry) => void;
}

/** A host of {@link notes} with these handlers, and a client of it that was granted everything. */
export const notesHost = ({ read = {}, write = {}, limits = {}, log }: NotesHostOptions = {}) => {
  const entries: LogEntry[] = [];
  const admit = [allow(anyExtension())] as const;
  const host = createHost({ limits, log: log ?? ((entry) => entries.push(entry)) });
  const provider = <T>(given: T | ((session: Session) => T)) =>
    typeof given === 'function' ? given : () => given;
  host.publish(notes, {
    read: { admit, provide: provider(read) as never },
    write: { admit, provide: provider(write) as never },
    titles: { admit },
  });
  const link = linked(host);
  const client = () =>
    connect(notes, {
      needs: ['read', 'write'],
      wants: ['titles'],
      host: 'a'.repeat(32),
      platform: link.platform,
    });
  return {
    host,
    link,
    client,
    ...client(),
    entries,
    failures: () => entries.filter(({ event }) => event === 'handler-failed'),
  };
};
