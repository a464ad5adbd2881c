/** `portico/ui`: the screens for a host's own pages, as custom elements. Depends on lit and uPlot. */

export { PorticoConnections } from './connections/connections.js';
export { type AnsweredDetail, PorticoConsentPrompt } from './consent/consent-prompt.js';
export { defineConnections, defineConsentPrompt, definePorticoElements } from './define.js';
export { english, type MessageKey } from './messages/english.js';
export type { Messages } from './messages/messages.js';
export type { ConnectionsSource, PromptSource } from './source.js';
