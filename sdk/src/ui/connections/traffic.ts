import { html, LitElement, nothing, type TemplateResult } from 'lit';
import uPlot from 'uplot';
import type { Texts } from '../messages/messages.js';
import type { Traffic } from '../source.js';
import { baseStyles } from '../styles/base.js';
import { trafficStyles } from '../styles/traffic.js';

const MINUTE = 60_000;
const HEIGHT = 160;

interface Minute {
  readonly time: number;
  readonly calls: number;
  readonly bytes: number;
}

/** What a plot can be made of; more is no count of calls, and uPlot's axes give up on it. */
const MOST = Number.MAX_SAFE_INTEGER;
const MOST_MINUTES = 240;
/** What `Date` can hold. */
const LAST_DATE = 8.64e15;

/** The minutes of a plot. Two lists of different lengths are read as far as both go. */
const minutesOf = ({ from, calls, bytes }: Traffic): readonly Minute[] =>
  Math.abs(from) <= LAST_DATE - MOST_MINUTES * MINUTE
    ? calls.slice(0, Math.min(bytes.length, MOST_MINUTES)).map((count, index) => ({
        time: from + index * MINUTE,
        calls: Math.min(count, MOST),
        bytes: Math.min(bytes[index] ?? 0, MOST),
      }))
    : [];

/** Part of `<portico-connections>`: calls and bytes by the minute, as a plot and as a table. Not for use by itself. */
export class PorticoTraffic extends LitElement {
  static override properties = { traffic: { attribute: false }, texts: { attribute: false } };
  static override styles = [baseStyles, trafficStyles];

  declare traffic: Traffic | undefined;
  declare texts: Texts | undefined;

  #plot: uPlot | undefined;
  #resized: ResizeObserver | undefined;
  readonly #schemes = ['(prefers-color-scheme: dark)', '(forced-colors: active)'].map((query) =>
    matchMedia(query),
  );
  readonly #redraw = (): void => {
    this.#drop();
    this.requestUpdate();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    for (const scheme of this.#schemes) scheme.addEventListener('change', this.#redraw);
    this.#redraw();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const scheme of this.#schemes) scheme.removeEventListener('change', this.#redraw);
    this.#drop();
  }

  override render(): TemplateResult | typeof nothing {
    const { traffic, texts } = this;
    if (!traffic || !texts) return nothing;
    const minutes = minutesOf(traffic);
    const busy = minutes.filter(({ calls, bytes }) => calls > 0 || bytes > 0);
    if (busy.length === 0) return html`<p class="quiet none">${texts.say('trafficNone')}</p>`;
    return html`
      <ul class="legend quiet" aria-hidden="true">
        <li class="calls">${texts.say('calls')}</li>
        <li class="bytes">${texts.say('bytes')}</li>
      </ul>
      <div class="plot" role="img" aria-label=${summaryOf(minutes, texts)} dir="ltr"></div>
      <p class="quiet">${summaryOf(minutes, texts)}</p>
      <details>
        <summary>${texts.say('trafficTable')}</summary>
        <div class="scroll" tabindex="0" role="region" aria-label=${texts.say('trafficTable')}>
          <table>
            <thead>
              <tr>
                <th scope="col">${texts.say('minute')}</th>
                <th scope="col">${texts.say('calls')}</th>
                <th scope="col">${texts.say('bytes')}</th>
              </tr>
            </thead>
            <tbody>
              ${busy.map(
                ({ time, calls, bytes }) => html`<tr>
                  <th scope="row">${texts.time(time)}</th>
                  <td>${texts.number(calls)}</td>
                  <td>${texts.number(bytes)}</td>
                </tr>`,
              )}
            </tbody>
          </table>
        </div>
      </details>
    `;
  }

  override updated(): void {
    const place = this.renderRoot.querySelector<HTMLElement>('.plot');
    if (!place || !this.traffic || !this.texts) {
      this.#drop();
      return;
    }
    const minutes = minutesOf(this.traffic);
    const data: uPlot.AlignedData = [
      minutes.map(({ time }) => time / 1_000),
      minutes.map(({ calls }) => calls),
      minutes.map(({ bytes }) => bytes),
    ];
    if (this.#plot && place.contains(this.#plot.root)) {
      this.#plot.setData(data);
      return;
    }
    this.#drop();
    const plot = new uPlot(optionsOf(place, this.texts), data, place);
    this.#plot = plot;
    this.#resized = new ResizeObserver(() => {
      const width = Math.floor(place.clientWidth);
      if (width > 0 && width !== plot.width) plot.setSize({ width, height: HEIGHT });
    });
    this.#resized.observe(place);
  }

  #drop(): void {
    this.#resized?.disconnect();
    this.#resized = undefined;
    this.#plot?.destroy();
    this.#plot = undefined;
  }
}

const summaryOf = (minutes: readonly Minute[], texts: Texts): string => {
  const sum = (pick: (minute: Minute) => number): number =>
    minutes.reduce((total, minute) => total + pick(minute), 0);
  const most = minutes.reduce((busiest, minute) => (minute.calls > busiest.calls ? minute : busiest));
  return texts.say('trafficSummary', {
    calls: texts.number(sum(({ calls }) => calls)),
    bytes: texts.bytes(sum(({ bytes }) => bytes)),
    time: texts.time(most.time),
  });
};

/** A canvas knows no custom properties: each colour is asked of the style sheet, in the scheme that holds now. */
const colorOf = (place: HTMLElement, property: string): string => {
  const probe = document.createElement('i');
  probe.className = `probe ${property}`;
  place.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
};

const optionsOf = (place: HTMLElement, texts: Texts): uPlot.Options => {
  const quiet = colorOf(place, 'quiet');
  const line = colorOf(place, 'line');
  const calls = colorOf(place, 'calls');
  const bytes = colorOf(place, 'bytes');
  const font = `12px ${getComputedStyle(place).fontFamily}`;
  const axis = { stroke: quiet, font, ticks: { stroke: line, width: 1 } };
  const short = new Intl.NumberFormat(texts.language, { notation: 'compact' });
  const numbers = (_: uPlot, values: number[]): string[] =>
    values.map((value) => (Number.isInteger(value) ? short.format(value) : ''));
  return {
    width: Math.max(Math.floor(place.clientWidth), 200),
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: true },
      calls: { range: fromZero },
      bytes: { range: fromZero },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        values: (_, times) => times.map((time) => texts.time(time * 1_000)),
        space: 70,
      },
      { ...axis, scale: 'calls', grid: { stroke: line, width: 1 }, values: numbers, size: 44, space: 36 },
      { ...axis, scale: 'bytes', side: 1, grid: { show: false }, values: numbers, size: 52, space: 36 },
    ],
    series: [
      {},
      {
        scale: 'calls',
        stroke: calls,
        width: 2,
        points: { show: false },
      },
      // Dashed: told apart without colours, too.
      { scale: 'bytes', stroke: bytes, width: 2, dash: [5, 4], points: { show: false } },
    ],
  };
};

const fromZero = (_: uPlot, _lowest: number, highest: number): [number, number] => [
  0,
  Math.max(highest, 4) * 1.05,
];
