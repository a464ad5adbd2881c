import { listen } from './receiving.js';

listen({ event: 'onConnectExternal' });

/** Nothing else tells a script of its earlier runs at once. */
const hasRunBefore = (): boolean => {
  const { registration, localStorage } = globalThis as {
    registration?: { active: unknown };
    localStorage?: Storage;
  };
  if (registration) return registration.active !== null;
  const before = localStorage?.getItem('ran') !== null;
  localStorage?.setItem('ran', 'yes');
  return before;
};

if (hasRunBefore()) throw new Error('this background throws at its second start');
