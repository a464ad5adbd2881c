const STYLE = 'font: 1.5rem system-ui; margin: 4rem; color-scheme: light dark';

/** @param {string} title */
export const html = (title) =>
  `<!doctype html><html lang="en"><title>${title}</title><body style="${STYLE}"><h1>${title}</h1>`;

/** The pages that the story opens, with their titles. */
export const PAGES = {
  '/first': 'A first page',
  '/second': 'A second page',
  '/later': 'A page that opened later',
};
