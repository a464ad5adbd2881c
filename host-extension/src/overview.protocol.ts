import { defineProtocol, event, method } from 'portico';
import { Type } from 'typebox';

const Caller = Type.Object({
  kind: Type.Union([
    Type.Literal('extension'),
    Type.Literal('content-script'),
    Type.Literal('page'),
    Type.Literal('self'),
  ]),
  /** Absent for web pages: they have none. */
  id: Type.Optional(Type.String()),
  origin: Type.String(),
});

const Decision = Type.Object({
  capability: Type.String(),
  verdict: Type.Union([Type.Literal('allow'), Type.Literal('ask'), Type.Literal('refuse')]),
  /** The rule that decided, as the log writes it. */
  reason: Type.String(),
});

const Visitors = Type.Object({
  connected: Type.Array(Type.Object({ caller: Caller, sessions: Type.Integer(), since: Type.Number() })),
  turnedAway: Type.Array(Type.Object({ caller: Caller, times: Type.Integer(), last: Type.Number() })),
});

/** What the settings page asks the background. Published to this extension itself, and to nobody else. */
export const overview = defineProtocol({
  name: 'org.portico.tabs.overview',
  version: '1.0.0',
  capabilities: {
    overview: {
      title: 'See who uses Portico Tabs',
      members: {
        rules: method({
          title: 'What is decided about each of the known callers',
          result: Type.Array(Type.Object({ caller: Type.String(), decisions: Type.Array(Decision) })),
          idempotent: true,
        }),
        visitors: method({ result: Visitors, idempotent: true }),
        visited: event(Visitors, { title: 'The visitors as they now are' }),
      },
    },
  },
});
