import { defineProtocol, event, gated, method } from 'portico';
import { allow, anyExtension, createHost, type Host } from 'portico/host';
import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import type { ConnectEvent, HostPlatform } from '../../../src/platform/platform.js';
import { fakeConsent } from '../../support/fake-consent.js';
import { manualClock } from '../../support/manual-clock.js';
import { FRIEND } from '../../support/raw-peer.js';
import { thrownBy } from '../../support/refusals.js';

const notes = defineProtocol({
  name: 'org.example.notes',
  version: '1.2.0',
  capabilities: {
    read: { title: 'Read', members: { list: method(), changed: event(Type.Object({ id: Type.Integer() })) } },
    news: { title: 'News', members: { told: event(Type.Null()) } },
    titles: { title: 'Titles' },
  },
});
const admit = [allow(anyExtension())] as const;
const provide = () => ({ list: () => {} });
const serving = { read: { admit, provide }, news: { admit }, titles: { admit } };

/** `publish` for what its types would not let through. */
const publish = (host: Host, protocol: unknown, served: unknown) =>
  (host.publish as (protocol: unknown, serving: unknown) => unknown)(protocol, served);

const refusal = (served: unknown, protocol: unknown = notes) =>
  thrownBy(() => publish(createHost(), protocol, served));

describe('publish', () => {
  test('gives the events of the protocol, and nothing else', () => {
    const served = createHost().publish(notes, serving);
    expect(Object.keys(served)).toEqual(['read', 'news', 'titles']);
    expect(Object.keys(served.read)).toEqual(['changed']);
    expect(Object.keys(served.titles)).toEqual([]);
    expect(served.read.changed.subscribers).toBe(0);
    served.read.changed.emit({ id: 1 });
  });

  test.each([
    [
      'a capability that is missing',
      { read: serving.read, news: serving.news },
      'capability "titles" of org.example.notes has no rule: say whom to admit',
    ],
    [
      'a capability without rules',
      { ...serving, news: {} },
      'capability "news" of org.example.notes has no rule: say whom to admit',
    ],
    [
      'a capability with no rule in its list',
      { ...serving, news: { admit: [] } },
      'capability "news" of org.example.notes has no rule: say whom to admit',
    ],
    [
      'methods without a provider',
      { ...serving, read: { admit } },
      'capability "read" of org.example.notes has methods, but no provider',
    ],
    ['nothing at all', {}, 'capability "read" of org.example.notes has no rule: say whom to admit'],
    [
      'what is only inherited',
      Object.create(serving),
      'capability "read" of org.example.notes has no rule: say whom to admit',
    ],
  ])('refuses %s', (_title, served, message) => {
    const error = refusal(served);
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message).toBe(`INVALID_ARGUMENT: ${message}`);
  });

  test.each([
    ['a name', { ...notes, name: 'notes' }, 'name: '],
    ['a version', { ...notes, version: '1.2' }, 'version: '],
    ['a schema', { ...notes, errors: { bad: { 'x-custom': 1 } } }, 'errors/bad: keyword "x-custom"'],
    [
      'a gate',
      {
        ...notes,
        capabilities: {
          read: {
            title: 'R',
            members: { e: event({ type: 'object', properties: { a: gated('nope', {}) } }) },
          },
        },
      },
      'gated by "nope"',
    ],
  ])('checks a definition that did not come through defineProtocol: %s', (_title, protocol, message) => {
    const error = refusal({ read: { admit, provide } }, protocol);
    expect(error.code).toBe('INVALID_DEFINITION');
    expect(error.message).toContain(message);
  });

  test('[A8] judges the patterns of a protocol that was not compiled', () => {
    const having = (schema: object) =>
      defineProtocol({
        name: 'org.example.notes',
        version: '1.0.0',
        capabilities: {
          read: {
            title: 'Read',
            members: {
              find: method({ params: { type: 'object', properties: { word: schema } } as object }),
            },
          },
        },
      });
    const serve = { read: { admit, provide: () => ({ find: () => {} }) } };
    const publishing = (schema: object) => () => createHost().publish(having(schema), serve);
    const at = 'INVALID_DEFINITION: capabilities/read/members/find/params/properties/word/pattern: ';
    expect(thrownBy(publishing({ type: 'string', pattern: '^(a+)+$' })).message).toContain(
      `${at}the pattern can take exponential time`,
    );
    expect(thrownBy(publishing({ type: 'string', pattern: '\\s+$' })).message).toContain(
      `${at}the pattern can take time that grows with the square of a text's length`,
    );
    expect(publishing({ type: 'string', pattern: '\\s+$', maxLength: 1_000 })).not.toThrow();
  });

  test('publishes several majors of one name, each once', () => {
    const host = createHost();
    const major = (version: string) => ({ ...notes, version });
    publish(host, major('1.2.0'), serving);
    publish(host, major('2.0.0'), serving);
    publish(host, major('0.3.0'), serving);
    publish(host, major('0.4.0'), serving);
    for (const version of ['1.2.0', '1.9.0', '2.5.0', '0.3.7']) {
      const error = thrownBy(() => publish(host, major(version), serving));
      expect(error.code).toBe('INVALID_ARGUMENT');
      expect(error.message).toMatch(/org\.example\.notes (1|2|0\.3) is published already/);
    }
    publish(host, { ...notes, name: 'org.example.other' }, serving);
  });

  test('leaves nothing behind where it is refused', () => {
    const host = createHost();
    thrownBy(() => publish(host, notes, {}));
    expect(() => host.publish(notes, serving)).not.toThrow();
  });
});

const recorder = () => {
  const calls: string[] = [];
  const platform: HostPlatform = {
    ...manualClock(),
    own: FRIEND.own,
    randomId: () => '0',
    time: () => 0,
    connect() {
      throw new Error('hosts do not connect');
    },
    listen(event: ConnectEvent) {
      calls.push(`listen ${event}`);
      return () => calls.push(`stop ${event}`);
    },
    lastError: () => undefined,
  };
  return { calls, platform };
};

describe('listen', () => {
  test('registers for other extensions and pages before it returns, and stops', () => {
    const { calls, platform } = recorder();
    const host = createHost({ platform });
    host.publish(notes, serving);
    expect(calls).toEqual([]);
    const stop = host.listen();
    expect(calls).toEqual(['listen external', 'listen internal']);
    stop();
    expect(calls.slice(2)).toEqual(['stop external', 'stop internal']);
    stop();
    expect(calls).toHaveLength(4);
  });

  test.each([
    ['the browser does not let it listen', 'listen external'],
    ['the browser lets it listen to others alone', 'listen internal'],
    ['the place is taken', 'claim'],
    ['what an administrator says can not be followed', 'policy'],
    ['consent can not start', 'consent'],
  ])('where %s it throws, nothing listens, and it may be called again', (_why, failing) => {
    const { calls, platform } = recorder();
    let broken = true;
    const fail = (what: string): void => {
      calls.push(what);
      if (broken && what === failing) throw new Error(`${what} failed`);
    };
    const asks = fakeConsent();
    const host = createHost({
      platform: {
        ...platform,
        claim() {
          fail('claim');
          return () => calls.push('leave');
        },
        listen(event, listener) {
          fail(`listen ${event}`);
          calls.pop();
          return platform.listen(event, listener);
        },
      },
      policy: {
        loading: undefined,
        admitsNobody: false,
        decide: () => undefined,
        start: () => fail('policy'),
      },
      consent: Object.assign(asks, { start: () => fail('consent') }),
    });
    host.publish(notes, serving);
    expect(() => host.listen()).toThrow(`${failing} failed`);
    const begun = calls.splice(0);
    const count = (word: string): number => begun.filter((call) => call.startsWith(word)).length;
    // Whatever was begun is undone.
    expect(count('stop')).toBe(count('listen') - (failing.startsWith('listen') ? 1 : 0));
    expect(count('leave')).toBe(failing === 'claim' ? 0 : 1);
    broken = false;
    const stop = host.listen();
    const started = [...begun, ...calls].filter((call) => call !== failing);
    for (const once of ['policy', 'consent'])
      if (once !== failing) expect(started.filter((call) => call === once)).toHaveLength(1);
    expect(calls.slice(-2)).toEqual(['listen external', 'listen internal']);
    stop();
    expect(calls.slice(-3).sort()).toEqual(['leave', 'stop external', 'stop internal']);
  });

  test('needs something that is published', () => {
    const error = thrownBy(() => createHost(recorder()).listen());
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message).toContain('nothing is published');
  });

  test('is called once', () => {
    const host = createHost(recorder());
    host.publish(notes, serving);
    const stop = host.listen();
    expect(thrownBy(() => host.listen()).message).toContain('this host listens already');
    stop();
    expect(() => host.listen()).not.toThrow();
    // What stopped the first one is no way to stop the second.
    stop();
    expect(thrownBy(() => host.listen()).message).toContain('this host listens already');
  });

  test('comes after publishing', () => {
    const host = createHost(recorder());
    host.publish(notes, serving);
    host.listen();
    const error = thrownBy(() => publish(host, { ...notes, name: 'org.example.other' }, serving));
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message).toContain('publish before listen');
  });

  test('needs the extension API where no platform is given', () => {
    const host = createHost();
    host.publish(notes, serving);
    const error = thrownBy(() => host.listen());
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message).toContain('no extension API');
  });
});
