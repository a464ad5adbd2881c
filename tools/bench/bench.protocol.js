import { defineProtocol, method } from 'portico';
import { Type } from 'typebox';

const Tab = Type.Object({
  id: Type.Integer(),
  windowId: Type.Integer(),
  index: Type.Integer(),
  active: Type.Boolean(),
  pinned: Type.Boolean(),
  audible: Type.Boolean(),
  discarded: Type.Boolean(),
  title: Type.String(),
  url: Type.String(),
  favIconUrl: Type.Optional(Type.String()),
});

/** @param {string} name */
const named = (name) =>
  defineProtocol({
    name,
    version: '1.0.0',
    capabilities: {
      read: {
        title: 'Answer the benchmark',
        members: {
          echo: method({ params: Type.Object({ value: Type.Integer() }), result: Type.Integer() }),
          list: method({ result: Type.Array(Tab) }),
        },
      },
    },
  });

export const bench = named('org.portico.bench');
/** A person has allowed it. */
export const asked = named('org.portico.bench.asked');
/** For whoever holds a key. */
export const proven = named('org.portico.bench.proven');
