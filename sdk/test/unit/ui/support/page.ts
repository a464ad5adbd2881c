import {
  definePorticoElements,
  type PorticoConnections,
  type PorticoConsentPrompt,
} from '../../../../src/ui/index.js';
import { fakeConnections, fakePrompts } from './fake-sources.js';
import { OVERVIEWS, PROMPTS } from './samples.js';

/** What the tests reach into from outside. */
declare global {
  interface Window {
    prompts: ReturnType<typeof fakePrompts>;
    connections: ReturnType<typeof fakeConnections>;
    answered: unknown[];
  }
}

// The page of the tests: ?screen=prompt&state=first shows one element in one of the samples' states.
definePorticoElements();
const query = new URLSearchParams(location.search);
const state = query.get('state') ?? '';
const rtl = query.has('rtl') ? { direction: 'rtl' } : undefined;
window.answered = [];
if (query.get('screen') === 'prompt') {
  window.prompts = fakePrompts(PROMPTS[state as keyof typeof PROMPTS]);
  if (query.has('fails')) window.prompts.fails = query.get('fails') as 'UNREACHABLE';
  const element = document.createElement('portico-consent-prompt') as PorticoConsentPrompt;
  Object.assign(element, {
    source: window.prompts.source,
    hostName: 'Portico Tabs',
    messages: rtl,
    prompt: 'p1',
  });
  element.addEventListener('portico-answered', (event) =>
    window.answered.push((event as CustomEvent).detail),
  );
  document.body.append(element);
} else {
  const heading = Object.assign(document.createElement('h1'), { textContent: 'Portico Tabs' });
  const above = Object.assign(document.createElement('h2'), { textContent: 'Other extensions' });
  window.connections = fakeConnections(OVERVIEWS[state as keyof typeof OVERVIEWS]);
  if (query.has('fails')) window.connections.fails = query.get('fails') as 'UNREACHABLE';
  const element = document.createElement('portico-connections') as PorticoConnections;
  Object.assign(element, { source: window.connections.source, hostName: 'Portico Tabs', messages: rtl });
  const main = document.createElement('main');
  main.append(heading, above, element);
  document.body.append(main);
}
