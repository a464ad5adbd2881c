import { bytes, defineProtocol, event, gated, method, typed } from 'portico';
import { Type } from 'typebox';

export const Note = Type.Object({
  id: Type.Integer(),
  kind: Type.Union([Type.Literal('text'), Type.Literal('list')]),
  title: gated('titles', Type.String()),
});

/** A protocol with members of every sort, for the tests of types. */
export const notes = defineProtocol({
  name: 'org.example.notes',
  version: '2.1.0',
  hosts: { chromium: 'a'.repeat(32) },
  errors: {
    noteGone: Type.Object({ id: Type.Integer() }),
    full: { type: 'object', required: ['left'], properties: { left: { type: 'integer' } } },
    locked: Type.Null(),
  },
  capabilities: {
    read: {
      title: 'See your notes',
      members: {
        list: method({
          params: Type.Object({ folder: Type.Optional(Type.String()) }),
          result: Type.Array(Note),
          idempotent: true,
          deadline: '10s',
        }),
        get: method({
          params: Type.Object({ id: Type.Integer() }),
          result: Note,
          errors: ['noteGone', 'locked'],
        }),
        count: method({ result: { type: 'integer' } }),
        ping: method(),
        changed: event(Note, { coalesceBy: 'id' }),
        cleared: event({ type: 'null' }),
      },
    },
    write: {
      title: 'Write notes',
      members: {
        add: method({
          params: {
            type: 'object',
            required: ['text'],
            properties: { text: { type: 'string' }, picture: bytes() },
          },
          result: typed<{ readonly id: number }>()({ type: 'object', additionalProperties: {} }),
          errors: ['full'],
        }),
        empty: method({ errors: ['locked'] }),
      },
    },
    titles: { title: 'See the titles of notes' },
    news: { title: 'Hear of changes', members: { changed: event(Type.Object({ id: Type.Integer() })) } },
  },
});

export type Notes = typeof notes;

/** The major before it, which could do less. */
export const oldNotes = defineProtocol({
  name: 'org.example.notes',
  version: '1.4.2',
  capabilities: {
    read: {
      title: 'See your notes',
      members: { all: method({ result: Type.Array(Type.String()) }) },
    },
  },
});
