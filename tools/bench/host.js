import { all, allow, anyExtension, ask, consent, createHost, provenKey } from 'portico/host';
import { asked, bench, proven } from './bench.protocol.js';

const tabs = Array.from({ length: 1000 }, (_, i) => ({
  id: i + 1,
  windowId: 1 + (i % 5),
  index: i,
  active: i % 200 === 0,
  pinned: i % 50 === 0,
  audible: false,
  discarded: i % 3 === 0,
  title: `Tab number ${i}: what a person reads up there`,
  url: `https://www.example.org/some/path/to/a/page/${i}?query=value`,
  favIconUrl: `https://www.example.org/favicon-${i}.ico`,
}));

const host = createHost({ consent: consent({ page: 'page.html' }), limits: { sessionsPerPrincipal: 2000 } });
const provide = () => ({ echo: ({ value }) => value, list: () => tabs });
host.publish(bench, { read: { admit: [allow(anyExtension())], provide } });
host.publish(asked, { read: { admit: [ask(anyExtension())], provide } });
host.publish(proven, { read: { admit: [allow(all(anyExtension(), provenKey()))], provide } });
host.listen();

// What authors write by hand: an id, a method, arguments; one message a call.
const methods = new Map([
  ['echo', ({ value }) => value],
  ['list', () => tabs],
]);
chrome.runtime.onConnectExternal.addListener((port) => {
  if (port.name !== 'raw') return;
  port.onMessage.addListener(({ id, method, args }) => {
    port.postMessage({ id, result: methods.get(method)(args) });
  });
});
