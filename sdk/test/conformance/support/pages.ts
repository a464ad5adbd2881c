/** The web pages that fixtures meet, by their paths. */

const page = (title: string, script: string): string =>
  `<!doctype html><meta charset="utf-8"><title>${title}</title><p>A page.<script>${script}</script>`;

const FRAME = `
  const frame = document.createElement('iframe');
  frame.src = new URLSearchParams(location.search).get('frame');
  document.body.append(frame);`;

/** @param agent the script with which a page takes orders */
export const webPages = (agent: string) => ({
  '/': page('a page', agent),
  // Firefox puts no page away that was served with `no-store`.
  '/kept': { body: page('kept', agent), headers: { 'cache-control': 'max-age=60' } },
  '/left': page('left', agent),
  '/framing': page('framing', FRAME),
  '/elsewhere': page('elsewhere', ''),
});
