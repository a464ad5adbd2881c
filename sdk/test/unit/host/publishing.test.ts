import { defineProtocol, event, gated, method } from 'portico';
import {
  allow,
  anyExtension,
  contentScripts,
  createHost,
  extensions,
  type Host,
  pages,
  self,
  where,
} from 'portico/host';
import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import type { ConnectEvent, HostPlatform } from '../../../src/platform/platform.js';
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
    expect(calls).toEqual(['listen external']);
    stop();
    expect(calls).toEqual(['listen external', 'stop external']);
  });

  test.each([
    ['its own pages', self(), true],
    ['its own content scripts', contentScripts('self'), true],
    ['kinds of its own', where(['self'], () => true), true],
    ['extensions', extensions({ chromium: ['a'] }), false],
    ['pages', pages('https://a.example'), false],
  ])('listens within the extension only where a rule is about that: %s', (_who, matcher, internal) => {
    const { calls, platform } = recorder();
    const host = createHost({ platform });
    host.publish(notes, { ...serving, news: { admit: [allow(matcher)] } });
    host.listen();
    expect(calls).toEqual(internal ? ['listen external', 'listen internal'] : ['listen external']);
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
