import { describe, expect, test } from 'vitest';
import { createRequests } from '../../../src/call/requests.js';
import { fromWire } from '../../../src/errors/portico-error.js';
import { CLIENT_LIMITS } from '../../../src/limits/limits.js';
import { fromEither } from '../../../src/protocol/base64.js';
import { Conversion } from '../../../src/protocol/conversion.js';
import { readGrantRequest } from '../../../src/wire/handshake.js';
import { bytesHeld } from '../../support/garbage.js';
import { KIND } from '../../support/kinds.js';
import { rawClient, settled } from '../../support/raw-peer.js';
import { expectViolated, welcomed } from '../../support/sessions.js';
import { hello, tabsHost } from '../../support/tabs.js';

/** An object that counts how often it is looked into. */
const counting = (body: object) => {
  let looks = 0;
  const watched = new Proxy(body, {
    get(target, key) {
      looks++;
      return Reflect.get(target, key);
    },
  });
  return { watched, looks: () => looks };
};

describe('[A13] one frame that is named many times in a message', () => {
  test('[W6.7] an ERROR for a call that was answered is not read', () => {
    const requests = createRequests({
      limits: CLIENT_LIMITS,
      now: () => 0,
      alarm: { at() {} },
      wake() {},
      unusable: () => undefined,
    });
    requests.attach({ push() {}, close() {} }, 1, true);
    const ends: unknown[] = [];
    requests.add({
      path: 'read.list',
      newer: undefined,
      id: 0,
      expires: 1,
      end: (error) => ends.push(error),
    });
    const reading = new Conversion(CLIENT_LIMITS);
    expect(requests.frame([KIND.RESULT, 1, null], reading)).toBe(true);
    const { watched, looks } = counting({ code: 'REFUSED', data: { capabilities: ['x'] } });
    expect(requests.frame([KIND.ERROR, 1, watched], reading)).toBe(true);
    expect([looks(), ends]).toEqual([0, [undefined]]);
  });

  test('[W9.13] a GRANTS ends where its names are more steps than a message has', async () => {
    const { raw, session } = await welcomed({
      serialization: 'structured-clone',
      connect: { limits: { messageSteps: 1000 } },
    });
    const grants = [KIND.GRANTS, Array(99).fill('x'), [], [], []];
    raw.host.send(...Array(10).fill(grants));
    await settled();
    expect(session.state).toBe('open');
    raw.host.send(...Array(11).fill(grants));
    await settled();
    expectViolated(raw.host);
  });

  test('[W9.13] and so does a REQUEST', async () => {
    const { host } = tabsHost({ limits: { messageSteps: 1000 } });
    const peer = rawClient(host, { serialization: 'structured-clone' });
    peer.send(hello());
    await settled();
    const asks = (first: number, count: number) =>
      Array.from({ length: count }, (_, at) => [
        KIND.REQUEST,
        first + at,
        { ask: Array(99).fill('x'), drop: [] },
      ]);
    peer.send(...asks(1, 10));
    await settled();
    expect(peer.closed).toBe(false);
    peer.send(...asks(11, 11));
    await settled();
    expectViolated(peer);
  });
});

describe('[A19] what is kept of a peer is no more than what is read of it', () => {
  test('the lists of a REQUEST, for minutes', () => {
    const ask = Object.assign(['read'], { hidden: 'x'.repeat(100) });
    expect(Object.keys(readGrantRequest({ ask, drop: ask })?.ask ?? {})).toEqual(['0']);
    expect(readGrantRequest({ ask, drop: ask })?.drop).not.toHaveProperty('hidden');
  });

  test('bytes that are a view of more', () => {
    const view = new Uint8Array(1000).subarray(10, 12).fill(7);
    const { value } = fromEither(view) as { value: Uint8Array };
    expect([...value, value.buffer.byteLength]).toEqual([7, 7, 2]);
    const whole = new Uint8Array(3);
    expect(fromEither(whole)?.value).toBe(whole);
  });

  test('texts of errors', async () => {
    const before = await bytesHeld();
    const errors = Array.from({ length: 20 }, (_, at) =>
      fromWire({
        code: 'REFUSED',
        message: `${at}`.padEnd(1_000_000, 'é'),
        data: { path: `${at}`.padEnd(1_000_000) },
      }),
    );
    expect(errors.map(({ message }) => message.length)).toEqual(Array(20).fill(1024 + 'REFUSED: '.length));
    expect((await bytesHeld()) - before).toBeLessThan(5_000_000);
  });
});
