import { defineProtocol, event, method } from 'portico';

/** What makes a careless writer's declarations fall apart. */
export const odd = defineProtocol({
  name: 'org.example.odd',
  version: '0.1.0',
  capabilities: {
    event: {
      title: '*/ export const evil = 5; /* it\'s \\ a "title"\n\u2028\u0000`1`',
      description: '*\u0000/ *\u202e/ \ud800 \r\n\r * / //',
      members: {
        protocol: event({ $id: 'Event', type: 'object', properties: { $ref: { type: 'string' } } }),
        method: method({
          params: {
            $id: 'string',
            type: 'object',
            required: ['a-b', '0', "it's", ''],
            properties: {
              'a-b': { const: "'\\\n\u2029*/" },
              '0': { const: -1e21 },
              "it's": { enum: [true, null, '"', 0.1] },
              '': { type: 'null' },
              constructor: { description: '@deprecated */' },
              class: { type: 'boolean', deprecated: true },
              ä: { type: 'array', items: { anyOf: [{ type: 'null' }, {}] } },
            },
          },
          result: {
            $id: 'https://example.org/schemas/odd-thing.json',
            type: 'object',
            properties: {
              self: { $ref: '#' },
              other: { $ref: '#/properties/third' },
              third: { $ref: 'a b' },
            },
            $defs: {
              'a b': { anyOf: [{ $ref: 'c' }, { type: 'null' }] },
              c: { type: 'object', additionalProperties: { $ref: 'a b' } },
            },
          },
        }),
        list: method({ result: { type: 'array', items: { $ref: '#' } } }),
        map: method({ result: { type: 'object', additionalProperties: { $ref: '#' } } }),
        joined: method({
          result: {
            $id: 'Joined',
            $defs: {
              Left: {
                type: 'object',
                required: ['a'],
                properties: { a: { type: 'array', items: { $ref: 'Joined' } } },
              },
            },
            allOf: [{ $ref: 'Left' }, { type: 'object', properties: { b: { $ref: 'Left' } } }],
          },
        }),
      },
    },
  },
});
