import { PorticoConnections } from './connections/connections.js';
import { PorticoTraffic } from './connections/traffic.js';
import { PorticoConsentPrompt } from './consent/consent-prompt.js';

const define = (name: string, element: CustomElementConstructor): void => {
  // Two bundles of one page may each bring a copy: the first one serves both.
  if (!customElements.get(name)) customElements.define(name, element);
};

/** Defines `<portico-consent-prompt>`. May be called again. Before it the element is an unknown one, and shows nothing. */
export const defineConsentPrompt = (): void => define('portico-consent-prompt', PorticoConsentPrompt);

/** Defines `<portico-connections>`, and the plot in it. May be called again. */
export const defineConnections = (): void => {
  define('portico-traffic', PorticoTraffic);
  define('portico-connections', PorticoConnections);
};

/** Defines both screens. A page that shows one of them is smaller with that one's own function. */
export const definePorticoElements = (): void => {
  defineConsentPrompt();
  defineConnections();
};
