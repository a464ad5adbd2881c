import { css } from 'lit';

/**
 * What both screens share. Every colour is a custom property of the page or a default of ours, for the scheme
 * (light or dark) that the page has; in forced colours the browser's own take over.
 */
export const baseStyles = css`
  :host {
    --_page: var(--portico-page, light-dark(#f3f6f5, #121716));
    --_surface: var(--portico-surface, light-dark(#fff, #1a211f));
    --_line: var(--portico-line, light-dark(#d3dedb, #2f3a37));
    --_edge: var(--portico-edge, light-dark(#6f837d, #7d918b));
    --_ink: var(--portico-ink, light-dark(#17211f, #e8efed));
    --_quiet: var(--portico-quiet, light-dark(#4f5e59, #a3b6b0));
    --_accent: var(--portico-accent, light-dark(#0f766e, #5eead4));
    --_on-accent: var(--portico-on-accent, light-dark(#fff, #06231f));
    --_tint: var(--portico-tint, light-dark(#e3f3f0, #16332f));
    --_good: var(--portico-good, light-dark(#15803d, #4ade80));
    --_bad: var(--portico-bad, light-dark(#b42318, #fda29b));
    --_warning: var(--portico-warning, light-dark(#fef0e6, #3a2419));
    --_warning-line: var(--portico-warning-line, light-dark(#c2410c, #fb923c));
    --_radius: var(--portico-radius, 10px);
    --_mono: var(--portico-mono, ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace);
    display: block;
    color: var(--_ink);
    font: var(--portico-font, 15px / 1.45 system-ui, sans-serif);
    overflow-wrap: anywhere;
  }

  :host([hidden]) {
    display: none;
  }

  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }

  h1,
  h2,
  h3,
  h4,
  p,
  ul,
  ol,
  dl,
  dd,
  fieldset {
    margin: 0;
    padding: 0;
  }

  h1,
  h2,
  h3,
  h4 {
    font-size: 1em;
    font-weight: 650;
    line-height: 1.3;
  }

  ul,
  ol {
    list-style: none;
  }

  fieldset {
    min-width: 0;
    border: 0;
  }

  [hidden] {
    display: none;
  }

  code,
  .id {
    font-family: var(--_mono);
  }

  .id {
    font-size: 0.93em;
    unicode-bidi: isolate;
  }

  .quiet {
    color: var(--_quiet);
    font-size: 0.9em;
  }

  .bad {
    color: var(--_bad);
  }

  .badge {
    display: inline-block;
    padding: 0 0.5em;
    border: 1px solid var(--_line);
    border-radius: 99px;
    color: var(--_quiet);
    font-size: 0.8em;
    font-weight: 500;
    white-space: nowrap;
  }

  .unverified {
    border-color: var(--_warning-line);
  }

  .notice {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 12px;
    align-items: center;
    justify-content: space-between;
    padding: 10px 14px;
    border: 1px solid var(--_warning-line);
    border-radius: var(--_radius);
    background: var(--_warning);
  }

  .notice > :first-child {
    flex: 1 1 14em;
  }

  .seen-by-none {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  button,
  select {
    min-height: 36px;
    padding: 6px 14px;
    border: 1px solid var(--_edge);
    border-radius: calc(var(--_radius) * 0.8);
    background: var(--_surface);
    color: inherit;
    font: inherit;
  }

  select {
    max-width: 100%;
    padding-inline: 8px;
  }

  button {
    cursor: pointer;
  }

  button:hover:not([aria-disabled="true"], :disabled) {
    border-color: var(--_accent);
    background: var(--_tint);
  }

  button:disabled,
  button[aria-disabled="true"] {
    border-color: var(--_line);
    color: var(--_quiet);
    cursor: default;
  }

  input[type="checkbox"] {
    flex: none;
    width: 18px;
    height: 18px;
    margin: 0;
    accent-color: var(--_accent);
  }

  summary {
    cursor: pointer;
  }

  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }

  /* Where the focus is put for the reader's sake, not to press a key on. */
  [tabindex="-1"]:focus-visible {
    outline: none;
  }

  @media (forced-colors: active) {
    button:disabled,
    button[aria-disabled="true"] {
      border-color: GrayText;
      color: GrayText;
    }
  }
`;
