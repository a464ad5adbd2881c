import { expect } from 'vitest';
import { type Case, expected, type Suite } from '../support/case.js';
import { eventually } from '../support/eventually.js';
import type { FixtureName } from '../support/fixtures.js';
import type { Agent, Runtime } from '../support/runtime.js';
import { open } from '../support/talk.js';
import { failed } from './endings.js';

/** How connecting to an extension comes out. */
const outcomeAt = async (runtime: Runtime, agent: Agent, to: FixtureName): Promise<unknown> => {
  const talk = await open(runtime, agent, { to: runtime.idOf(to) });
  const { greeting, endings } = await eventually(
    runtime,
    async () => {
      const diary = await talk.diary();
      return diary.greeting || diary.endings.length > 0 ? diary : undefined;
    },
    'somebody answers, or nobody does',
  );
  await talk.disconnect();
  return greeting ? 'admitted' : endings[0];
};

const cases: Case[] = [
  {
    name: 'without the key: every extension and its content scripts',
    async run(runtime) {
      const { background, page } = await runtime.extension('client');
      const bare = await runtime.extension('bare');
      const web = await runtime.openWeb();
      for (const agent of [background, page, web.content, bare.background, bare.page])
        expect(await outcomeAt(runtime, agent, 'plain')).toBe('admitted');
      await web.close();
    },
  },
  {
    name: 'with ids alone: these and their content scripts; Firefox does not know the key',
    async run(runtime) {
      const { background, page } = await runtime.extension('client');
      const bare = await runtime.extension('bare');
      const web = await runtime.openWeb();
      for (const agent of [background, page, web.content])
        expect(await outcomeAt(runtime, agent, 'ids-only')).toBe('admitted');
      for (const agent of [bare.background, bare.page]) {
        expect(await outcomeAt(runtime, agent, 'ids-only')).toEqual(
          expected<unknown>(runtime, { chromium: failed(runtime), firefox: 'admitted' }),
        );
      }
      await web.close();
    },
  },
  {
    name: 'with matches alone: no extension at all; Firefox does not know the key',
    async run(runtime) {
      const { background, page } = await runtime.extension('client');
      const web = await runtime.openWeb();
      for (const agent of [background, page, web.content]) {
        expect(await outcomeAt(runtime, agent, 'matches-only')).toEqual(
          expected<unknown>(runtime, { chromium: failed(runtime), firefox: 'admitted' }),
        );
      }
      await web.close();
    },
  },
  {
    name: 'web pages: only where matches names them, however messages are copied; in Firefox none ever',
    async run(runtime) {
      const web = await runtime.openWeb();
      const outcomes: Record<string, unknown> = {};
      for (const name of ['host', 'plain', 'ids-only', 'matches-only'] as const)
        outcomes[name] = runtime.engine === 'firefox' ? 'no way' : await outcomeAt(runtime, web.page, name);
      const nobody = failed(runtime);
      expect(outcomes).toEqual(
        expected<object>(runtime, {
          chromium: { host: 'admitted', plain: nobody, 'ids-only': nobody, 'matches-only': 'admitted' },
          firefox: { host: 'no way', plain: 'no way', 'ids-only': 'no way', 'matches-only': 'no way' },
        }),
      );
      expect((await web.page.run('waysOut'))[0]).toBe(expected(runtime, { chromium: true, firefox: false }));
      await web.close();
    },
  },
];

export const connectableSuite: Suite = { name: 'externally_connectable', cases };
