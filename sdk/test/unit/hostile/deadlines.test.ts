import { describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { type ManualClock, manualClock } from '../../support/manual-clock.js';
import { settled } from '../../support/raw-peer.js';
import { admitted, codeIn } from '../../support/sessions.js';
import { looksOf } from '../../support/steps.js';
import { tabsHost } from '../../support/tabs.js';

/** A clock, and how often its alarms rang. */
const heardClock = (): { readonly clock: ManualClock; rings(): number } => {
  const clock = manualClock();
  let rings = 0;
  return {
    clock: {
      ...clock,
      alarm: (ring) =>
        clock.alarm((now) => {
          rings++;
          return ring(now);
        }),
    },
    rings: () => rings,
  };
};

describe("[A19] what a peer's deadlines make a host look at", () => {
  test('[W7.7] a deadline in each millisecond rings twenty times a second, and each call is answered', async () => {
    const { clock, rings } = heardClock();
    const peer = await admitted(tabsHost(), { clock });
    for (let id = 1; id <= 500; id++) {
      peer.send([KIND.CALL, id, 'control.wait', { d: 0.5 }, {}]);
      await settled();
      clock.advance(1);
    }
    expect(rings()).toBe(20 + 500 / 50);
    clock.advance(50);
    await settled();
    expect(peer.of(KIND.ERROR).map((frame) => [frame[1], codeIn(frame)])).toEqual(
      Array.from({ length: 500 }, (_, i) => [i + 1, 'DEADLINE_EXCEEDED']),
    );
  });

  test('calls that wait in sessions of which none is due are not looked at', async () => {
    const clock = manualClock();
    const server = tabsHost();
    const crowd = await admitted(server, { clock });
    const other = await admitted(server, { clock });
    crowd.send([KIND.CALL, 1, 'control.wait', { d: 2 ** 31 - 1 }, ...Array(2000).fill({})]);
    other.send([KIND.CALL, 1, 'control.wait', { d: 100 }, {}]);
    await settled();
    expect(looksOf(() => clock.advance(100))).toBeLessThan(100);
    await settled();
    expect(other.of(KIND.ERROR).map(codeIn)).toEqual(['DEADLINE_EXCEEDED']);
  });

  test("a session's later deadlines are met, too", async () => {
    const clock = manualClock();
    const peer = await admitted(tabsHost(), { clock });
    const ended: number[] = [];
    for (const [i, d] of [300, 100, 200].entries()) {
      peer.send([KIND.CALL, i + 1, 'control.wait', { d }, {}]);
      await settled();
    }
    for (let turn = 0; turn < 3; turn++) {
      clock.advance(100);
      await settled();
      ended.push(peer.of(KIND.ERROR).length);
    }
    expect(ended).toEqual([1, 2, 3]);
    expect(peer.of(KIND.ERROR).map(([, id]) => id)).toEqual([2, 3, 1]);
  });
});
