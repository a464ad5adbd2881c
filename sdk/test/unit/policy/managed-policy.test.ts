import { describe, expect, test } from 'vitest';
import type { Principal } from '../../../src/host/index.js';
import { managedPolicy, POLICY_KEY } from '../../../src/host/policy/managed-policy.js';
import type { Policy } from '../../../src/host/policy/types.js';
import { ALICE, BOB, type Stage, settled, stageOf, subject } from './support.js';

const extension = (id: string): Principal => ({
  browser: 'chromium',
  kind: 'extension',
  id,
  origin: `chrome-extension://${id}`,
});
const self: Principal = { browser: 'chromium', kind: 'self', id: 'own', origin: 'chrome-extension://own' };

const rulesFor = (id: string, verdict: 'allow' | 'refuse' = 'allow') => ({ rules: [{ ids: [id], verdict }] });
const NOT_FOUND = new Error('Managed storage manifest not found');

/** Starts a policy on a stage, and waits for the first answer. */
const begin = async (stage: Stage, options: { required?: boolean } = {}): Promise<Policy> => {
  const policy = managedPolicy(options);
  policy.start(
    stage.platform,
    (entry) => void stage.log.push(entry),
    () => {
      stage.changes++;
    },
  );
  await policy.loading;
  return policy;
};

const verdicts = (policy: Policy) => [ALICE, BOB].map((id) => policy.decide(extension(id), subject()));

describe('a policy that is there', () => {
  test('decides, and is kept', async () => {
    const stage = stageOf();
    stage.managed = { portico: rulesFor(ALICE), other: 1 };
    const policy = await begin(stage);
    expect(verdicts(policy)).toEqual(['allow', undefined]);
    expect(policy.decide(self, subject())).toBeUndefined();
    expect(policy.admitsNobody).toBe(false);
    await settled();
    expect(stage.kept.get(POLICY_KEY)).toEqual(rulesFor(ALICE));
    expect(stage.log).toEqual([]);
  });

  test('nobody from outside is let in while it loads', async () => {
    const stage = stageOf();
    const policy = managedPolicy({ required: true });
    policy.start(stage.platform, undefined, () => {});
    expect(policy.loading).toBeInstanceOf(Promise);
    expect(verdicts(policy)).toEqual(['refuse', 'refuse']);
    expect(policy.decide(self, subject())).toBeUndefined();
    expect(policy.admitsNobody).toBe(true);
    await policy.loading;
    expect(policy.loading).toBeUndefined();
    expect(stage.changes).toBe(0);
  });

  test('is written once, not at each start of the background', async () => {
    const first = stageOf();
    first.managed = { portico: rulesFor(ALICE) };
    await begin(first);
    await first.tell();
    const second = stageOf(first.kept);
    second.managed = first.managed;
    await begin(second);
    await settled();
    expect([first.writes, second.writes]).toEqual([1, 0]);
  });

  test('changes act where the browser tells of them; what is the same is no change', async () => {
    const stage = stageOf();
    stage.managed = { portico: rulesFor(ALICE) };
    const policy = await begin(stage);
    stage.managed = { portico: rulesFor(ALICE, 'refuse') };
    await stage.tell();
    expect(verdicts(policy)).toEqual(['refuse', undefined]);
    expect(stage.changes).toBe(1);
    await stage.tell();
    expect(stage.changes).toBe(1);
    expect(stage.kept.get(POLICY_KEY)).toEqual(rulesFor(ALICE, 'refuse'));
  });

  test('an earlier answer that comes late does not win', async () => {
    const stage = stageOf();
    const policy = await begin(stage);
    const answers: ((value: object) => void)[] = [];
    Object.assign(stage.platform.managed ?? {}, {
      get: () => new Promise((resolve) => answers.push(resolve)),
    });
    await stage.tell();
    await stage.tell();
    await stage.tell();
    expect(answers).toHaveLength(1);
    answers[0]?.({ portico: rulesFor(ALICE) });
    await settled();
    answers[1]?.({ portico: rulesFor(BOB) });
    await settled();
    expect(verdicts(policy)).toEqual([undefined, 'allow']);
    expect(answers).toHaveLength(2);
  });
});

describe('no policy', () => {
  test.each([
    ['nothing', {}],
    ["Firefox's rejection", NOT_FOUND],
    ['the host has other keys', { theme: 'dark' }],
  ])('%s: rules decide, and nobody is asked again', async (_name, managed) => {
    const stage = stageOf();
    stage.managed = managed;
    const policy = await begin(stage);
    expect(verdicts(policy)).toEqual([undefined, undefined]);
    await stage.pass(120);
    expect(stage.reads).toBe(1);
    expect(stage.kept.size).toBe(0);
  });

  test('it comes some seconds after the installation', async () => {
    const stage = stageOf();
    const policy = await begin(stage, { required: true });
    expect(policy.admitsNobody).toBe(true);
    await stage.pass(3);
    stage.managed = { portico: rulesFor(ALICE) };
    await stage.tell();
    expect(policy.admitsNobody).toBe(false);
    expect(verdicts(policy)).toEqual(['allow', undefined]);
    expect(stage.changes).toBe(1);
  });

  test('required: other keys are no policy, one without rules is', async () => {
    const stage = stageOf();
    stage.managed = { theme: 'dark' };
    const policy = await begin(stage, { required: true });
    expect(policy.admitsNobody).toBe(true);
    stage.managed = { portico: { rules: [] } };
    await stage.tell();
    expect(policy.admitsNobody).toBe(false);
    expect(stage.changes).toBe(1);
  });

  test('a browser without storage.managed has none; without the permission everybody is refused', async () => {
    const stage = stageOf();
    const { managed, ...safari } = stage.platform;
    expect(managed).toBeDefined();
    const none = await begin({ ...stage, platform: safari as never });
    expect(verdicts(none)).toEqual([undefined, undefined]);
    expect((await begin({ ...stage, platform: safari as never }, { required: true })).admitsNobody).toBe(
      true,
    );
    const refusing = await begin({ ...stage, platform: { ...safari, store: undefined } as never });
    expect(verdicts(refusing)).toEqual(['refuse', 'refuse']);
    expect(stage.log).toMatchObject([
      { level: 'error', message: expect.stringContaining('permission storage') },
    ]);
  });
});

describe('the last policy', () => {
  const remembered = () => stageOf(new Map([[POLICY_KEY, rulesFor(ALICE, 'refuse')]]));

  test.each([
    ['the browser has none yet', {}],
    ['the browser rejects as Firefox does', NOT_FOUND],
    ['the browser fails', new Error('disk I/O error')],
    ['the browser gives nonsense', null],
  ])('holds while %s', async (_name, managed) => {
    const stage = remembered();
    stage.managed = managed;
    const policy = await begin(stage, { required: true });
    expect(verdicts(policy)).toEqual(['refuse', undefined]);
    expect(policy.admitsNobody).toBe(false);
    await stage.pass(59);
    expect(verdicts(policy)).toEqual(['refuse', undefined]);
    expect(stage.changes).toBe(0);
  });

  test.each([{}, NOT_FOUND])('is dropped after a minute without any: %s', async (managed) => {
    const stage = remembered();
    stage.managed = managed;
    const policy = await begin(stage, { required: true });
    await stage.pass(60);
    expect(verdicts(policy)).toEqual([undefined, undefined]);
    expect(policy.admitsNobody).toBe(true);
    expect(stage.kept.size).toBe(0);
    expect(stage.changes).toBe(1);
    expect(stage.reads).toBe(7);
    await stage.pass(120);
    expect(stage.reads).toBe(7);
  });

  test('is dropped at once where the browser has read other keys', async () => {
    const stage = remembered();
    stage.managed = { theme: 'dark' };
    expect(verdicts(await begin(stage))).toEqual([undefined, undefined]);
    await settled();
    expect(stage.kept.size).toBe(0);
  });

  test('is not dropped for failures, however long, and a failure begins the minute anew', async () => {
    const stage = remembered();
    stage.managed = {};
    const policy = await begin(stage);
    await stage.pass(45);
    stage.managed = new Error('disk I/O error');
    await stage.pass(300);
    expect(verdicts(policy)).toEqual(['refuse', undefined]);
    stage.managed = {};
    await stage.pass(50);
    expect(verdicts(policy)).toEqual(['refuse', undefined]);
    await stage.pass(20);
    expect(verdicts(policy)).toEqual([undefined, undefined]);
  });

  test('gives way to the one that comes, and the minute is forgotten', async () => {
    const stage = remembered();
    const policy = await begin(stage);
    await stage.pass(50);
    stage.managed = { portico: rulesFor(BOB) };
    await stage.tell();
    expect(verdicts(policy)).toEqual([undefined, 'allow']);
    stage.managed = {};
    await stage.tell();
    await stage.pass(59);
    expect(verdicts(policy)).toEqual([undefined, 'allow']);
    await stage.pass(1);
    expect(verdicts(policy)).toEqual([undefined, undefined]);
  });

  test('is asked for every ten seconds, however often the browser tells of changes', async () => {
    const stage = remembered();
    await begin(stage);
    for (let time = 0; time < 3; time++) {
      await stage.pass(1);
      await stage.tell();
    }
    expect(stage.reads).toBe(4);
    await stage.pass(59);
    expect(stage.reads).toBe(9);
  });

  test('a background that is stopped within the minute begins it anew', async () => {
    const first = remembered();
    await begin(first);
    await first.pass(50);
    const second = stageOf(first.kept);
    const policy = await begin(second);
    await second.pass(50);
    expect(verdicts(policy)).toEqual(['refuse', undefined]);
  });
});

describe('a policy that does not fit', () => {
  const BROKEN = { portico: { rules: [{ ids: [ALICE], verdict: 'alow' }] } };

  test('refuses everybody from outside until it is mended, and the log says why, once', async () => {
    const stage = stageOf();
    stage.managed = BROKEN;
    const policy = await begin(stage);
    expect(verdicts(policy)).toEqual(['refuse', 'refuse']);
    expect(policy.decide(self, subject())).toBeUndefined();
    await stage.tell();
    expect(stage.log).toHaveLength(1);
    expect(stage.log).toMatchObject([
      { level: 'error', event: 'configuration', message: expect.stringContaining('rules[0].verdict') },
    ]);
    stage.managed = { portico: rulesFor(ALICE) };
    await stage.tell();
    expect(verdicts(policy)).toEqual(['allow', undefined]);
    expect(stage.changes).toBe(1);
  });

  test('is remembered as such, so that a restart does not let anybody in', async () => {
    const first = stageOf();
    first.managed = BROKEN;
    await begin(first);
    await settled();
    const second = stageOf(first.kept);
    expect(verdicts(await begin(second))).toEqual(['refuse', 'refuse']);
    second.managed = { portico: rulesFor(ALICE) };
    await second.tell();
    expect(second.kept.get(POLICY_KEY)).toEqual(rulesFor(ALICE));
  });

  test('replaces one that did', async () => {
    const stage = stageOf();
    stage.managed = { portico: rulesFor(ALICE) };
    const policy = await begin(stage);
    stage.managed = BROKEN;
    await stage.tell();
    expect(verdicts(policy)).toEqual(['refuse', 'refuse']);
    expect(stage.changes).toBe(1);
  });

  test.each<[string, unknown]>([
    ['text', 'rules'],
    ['null', null],
    ['a list', []],
    ['another shape', { rules: 'all' }],
    ['a prototype', JSON.parse('{"__proto__":{"rules":[]},"rules":[]}')],
    ['too much', { rules: Array(2000).fill({ ids: [ALICE], verdict: 'allow' }) }],
  ])('what was kept is damaged (%s): refuses, until the browser gives one', async (_name, record) => {
    const stage = stageOf(new Map([[POLICY_KEY, record]]));
    const policy = await begin(stage);
    expect(verdicts(policy)).toEqual(['refuse', 'refuse']);
    stage.managed = { portico: rulesFor(ALICE) };
    await stage.tell();
    expect(verdicts(policy)).toEqual(['allow', undefined]);
  });
});

describe('what fails', () => {
  test('the browser, with nothing kept: refuses, and asks again', async () => {
    const stage = stageOf();
    stage.managed = new Error('disk I/O error');
    const policy = await begin(stage);
    expect(verdicts(policy)).toEqual(['refuse', 'refuse']);
    stage.managed = {};
    await stage.pass(10);
    expect(verdicts(policy)).toEqual([undefined, undefined]);
    expect(stage.changes).toBe(1);
  });

  test('the storage, without a policy: refuses for a minute, since there may have been one', async () => {
    const stage = stageOf();
    stage.storeFails = new Error('No space left on device');
    const policy = await begin(stage);
    expect(verdicts(policy)).toEqual(['refuse', 'refuse']);
    await stage.pass(60);
    expect(verdicts(policy)).toEqual([undefined, undefined]);
  });

  test('the storage, with a policy: decides by that, and says that it is not kept', async () => {
    const stage = stageOf();
    stage.storeFails = new Error('No space left on device');
    stage.managed = { portico: rulesFor(ALICE) };
    const policy = await begin(stage);
    expect(verdicts(policy)).toEqual(['allow', undefined]);
    await settled();
    expect(stage.log).toMatchObject([{ level: 'warn', message: expect.stringContaining('No space left') }]);
  });
});
