import type { CallOf, Implementation } from 'portico/host';
import { type InjectionToken, inject, injectable } from 'tsyringe';
import type { BrowserTabs } from './browser-tabs.js';
import type { Pacer } from './pacer.js';
import type { tabs } from './tabs.protocol.js';

type CapturerApi = Pick<BrowserTabs, 'tabs' | 'windows' | 'permissions'>;
type VisibleCall = CallOf<typeof tabs, (typeof tabs)['capabilities']['capture']['members']['visible']>;

export const CAPTURER_API: InjectionToken<CapturerApi> = Symbol('capturer.api');
/** One for all sessions: the browser counts them together. */
export const CAPTURE_PACER: InjectionToken<Pacer> = Symbol('capturer.pacer');

/** Answers `capture`. */
@injectable()
export class Capturer implements Implementation<typeof tabs, 'capture'> {
  constructor(
    @inject(CAPTURER_API) private readonly api: CapturerApi,
    @inject(CAPTURE_PACER) private readonly pacer: Pacer,
  ) {}

  async visible(params: { windowId?: number | undefined }, call: VisibleCall): Promise<Uint8Array> {
    const windowId = params.windowId ?? (await this.lastWindow(call));
    const picture = await this.capture(windowId, call);
    const response = await fetch(picture);
    return new Uint8Array(await response.arrayBuffer());
  }

  private async lastWindow(call: VisibleCall): Promise<number> {
    const { id } = await this.api.windows.getLastFocused().catch(() => ({ id: undefined }));
    if (id === undefined) throw call.fail('notVisible', { reason: 'no-window' });
    return id;
  }

  /** The picture as a `data:` address. */
  private async capture(windowId: number, call: VisibleCall): Promise<string> {
    for (;;) {
      try {
        return await this.pacer.run(
          () => this.api.tabs.captureVisibleTab(windowId, { format: 'png' }),
          call.signal,
        );
      } catch (error) {
        if (call.signal.aborted) throw error;
        if (isQuota(error)) this.pacer.exhaust();
        // Asked for again in its turn, two a second, for as long as the call lasts.
        else if (!lacksFrame(error))
          // The browser's own words may hold the address of the page, which the caller need not be allowed to see.
          throw call.fail('notVisible', { reason: await this.reason(windowId) });
      }
    }
  }

  private async reason(windowId: number): Promise<'no-window' | 'page-protected' | 'site-access-off'> {
    const all = await this.api.tabs.query({ windowId }).catch(() => []);
    if (all.length === 0) return 'no-window';
    const hasAccess = await this.api.permissions.contains({ origins: ['<all_urls>'] });
    return hasAccess ? 'page-protected' : 'site-access-off';
  }
}

/** A busy machine has drawn nothing yet that Chromium could read back; it says the same of no page. */
const lacksFrame = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('image readback failed');

/** The browser remembers earlier captures when this background has just started and doesn't. */
const isQuota = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('MAX_CAPTURE_VISIBLE_TAB_CALLS_PER_SECOND');
