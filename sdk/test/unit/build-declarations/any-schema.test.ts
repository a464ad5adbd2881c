import { parse } from '@babel/parser';
import fc from 'fast-check';
import { defineProtocol, event } from 'portico';
import { expect, test } from 'vitest';
import { declarationsOf } from '../../../src/build/declarations/index.js';
import { described, GATE } from '../../support/schemas.js';

test('any schema of the subset gives declarations that parse, and the same ones again', () => {
  fc.assert(
    fc.property(
      described.map(({ schema }) => schema),
      (schema) => {
        const members = { changed: event(schema) };
        const protocol = defineProtocol({
          name: 'org.example.any',
          version: '1.0.0',
          capabilities: { read: { title: 'Read', members }, [GATE]: { title: 'Open' } },
        });
        const text = declarationsOf(new Map([['any', protocol]]), new Map());
        const { program } = parse(text, { sourceType: 'module', plugins: [['typescript', { dts: true }]] });
        expect(program.body.at(-1)?.type).toBe('ExportNamedDeclaration');
        // A copy of a schema, as libraries make them, is the same schema.
        const copy = { ...protocol, version: '1.0.0', capabilities: structuredClone(protocol.capabilities) };
        expect(declarationsOf(new Map([['any', copy]]), new Map())).toBe(text);
      },
    ),
    { numRuns: 60 },
  );
});
