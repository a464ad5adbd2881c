import { parseHTML } from 'linkedom';

/**
 * A class for elements that linkedom has none for: nobody makes instances, but `instanceof` asks.
 * @param {string} localName
 */
const classOf = (localName) =>
  Object.defineProperty(class {}, Symbol.hasInstance, {
    value: (/** @type {Element | null | undefined} */ node) => node?.localName === localName,
  });

const MISSING = {
  HTMLDialogElement: classOf('dialog'),
  HTMLFormElement: classOf('form'),
  SVGUseElement: classOf('use'),
  devicePixelRatio: 1,
  matchMedia: () => Object.assign(new EventTarget(), { matches: false }),
};

/**
 * The DOM of a page in a simulated browser: linkedom's, and what the pages of the extensions need besides.
 * @param {string} html @returns {Readonly<Record<string, unknown>>}
 */
export function pageDom(html) {
  const window = parseHTML(html);
  for (const form of window.document.querySelectorAll('form')) giveReset(form);
  // Not written into the window, which keeps its own of the name: it is asked for the rest.
  return Object.setPrototypeOf({ ...MISSING }, window);
}

/** @param {HTMLFormElement} form */
function giveReset(form) {
  form.reset = () => {
    for (const input of form.querySelectorAll('input')) input.value = '';
  };
}
