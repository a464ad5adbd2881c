import type { Implementation } from 'portico/host';
import { callerName } from './caller-names.js';
import { part, setChildren, stamp } from './dom.js';
import type { overview } from './overview.protocol.js';
import { tabs } from './tabs.protocol.js';
import type { Visitors } from './visitors.js';

type Rules = Awaited<ReturnType<Implementation<typeof overview, 'overview'>['rules']>>;

const COLUMNS: Readonly<Record<string, string>> = {
  board: 'Tab Board',
  self: 'Portico Tabs itself',
  others: 'Everybody else',
};

/** A card for each capability: what a person would be asked, and who has it. */
export const drawRules = (rules: Rules): void => {
  const cards = Object.entries(tabs.capabilities).map(([name, capability]) => {
    const card = stamp('rule-template');
    part(card, 'h3', HTMLElement).textContent = capability.title;
    part(card, 'p', HTMLElement).textContent = capability.description ?? '';
    const decided = rules.flatMap(({ caller, decisions }) =>
      decisions
        .filter(({ capability }) => capability === name)
        .map((decision) => ({ who: COLUMNS[caller] ?? caller, ...decision })),
    );
    setChildren(part(card, '.verdicts', HTMLElement), decided.map(verdict));
    const members = Object.keys(('members' in capability && capability.members) || {});
    part(card, '.members', HTMLElement).textContent =
      members.length > 0
        ? `Offers ${members.map((member) => `${name}.${member}`).join(', ')}.`
        : 'Offers nothing by itself: it opens fields that are left out for everybody else.';
    part(card, '.reasons', HTMLElement).replaceChildren(
      ...decided.map(({ who, reason }) => textItem(`${who}: ${reason}`)),
    );
    return card;
  });
  setChildren(part(document, '#rules', HTMLElement), cards);
};

const VERDICTS = {
  allow: { looks: 'allowed', sign: '#yes', says: 'Allowed' },
  ask: { looks: 'asked', sign: '#asks', says: 'You decide' },
  refuse: { looks: 'refused', sign: '#no', says: 'Refused' },
} as const;

const verdict = ({ who, verdict }: { who: string; verdict: keyof typeof VERDICTS }): Element => {
  const { looks, sign, says } = VERDICTS[verdict];
  const item = stamp('verdict-template');
  item.className = looks;
  part(item, 'use', SVGUseElement).setAttribute('href', sign);
  part(item, 'span', HTMLElement).textContent = who;
  part(item, 'strong', HTMLElement).textContent = says;
  return item;
};

/** Who is connected, and who was turned away. */
export const drawVisitors = ({ connected, turnedAway }: Visitors): void => {
  setChildren(
    part(document, '#connected', HTMLElement),
    connected.map(({ caller, sessions, since }) =>
      visitor(callerName(caller), `${times(sessions, 'connection')}, since ${clock(since)}`),
    ),
  );
  setChildren(
    part(document, '#turned-away', HTMLElement),
    turnedAway.length > 0
      ? turnedAway.map(({ caller, times: count, last }) =>
          visitor(callerName(caller), `${times(count, 'time')}, last at ${clock(last)}`),
        )
      : [textItem('Nobody')],
  );
};

const visitor = (name: string, detail: string): Element => {
  const item = stamp('visitor-template');
  part(item, 'strong', HTMLElement).textContent = name;
  part(item, 'span', HTMLElement).textContent = detail;
  return item;
};

const textItem = (text: string): Element =>
  Object.assign(document.createElement('li'), { textContent: text });

const times = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
const clock = (time: number): string => new Date(time).toLocaleTimeString();
