import { css } from 'lit';

export const consentStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    background: var(--_page);
  }

  /* The card keeps its place in the whole frame, and not in its section alone. */
  .who {
    display: contents;
  }

  .frame {
    display: flex;
    flex-direction: column;
    gap: 16px;
    width: 100%;
    max-width: 560px;
    margin-inline: auto;
    padding: 20px 20px 0;
  }

  h1 {
    font-size: 1.3em;
  }

  .card {
    display: grid;
    gap: 6px;
    padding: 12px 14px;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_surface);
  }

  .caller .kind {
    font-weight: 600;
  }

  .caller .id {
    font-size: 1em;
    font-weight: 600;
  }

  .caller .fact {
    font-size: 0.93em;
  }

  .key {
    color: var(--_quiet);
    font-size: 0.87em;
  }

  .key .id {
    font-weight: 400;
  }

  .key-changed {
    display: grid;
    gap: 4px;
    padding: 12px 14px;
    border: 2px solid var(--_warning-line);
    border-radius: var(--_radius);
    background: var(--_warning);
  }

  section,
  .capabilities {
    display: grid;
    gap: 8px;
  }

  .capability {
    display: grid;
    grid-template-columns: auto 1fr;
    column-gap: 12px;
  }

  .capability > input {
    margin-top: 2px;
  }

  .capability .title {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 8px;
    align-items: baseline;
    justify-content: space-between;
    font-weight: 600;
  }

  .capability label {
    flex: 1 1 10em;
    cursor: pointer;
  }

  .capability > div {
    display: grid;
    gap: 4px;
  }

  .grew {
    padding-inline-start: 8px;
    border-inline-start: 3px solid var(--_warning-line);
    font-size: 0.93em;
  }

  .choices {
    display: grid;
    gap: 6px;
    margin-top: 4px;
  }

  .choices legend {
    padding: 0;
    font-size: 0.93em;
    font-weight: 600;
  }

  .choice {
    display: flex;
    gap: 8px;
    align-items: flex-start;
    cursor: pointer;
  }

  .details {
    display: grid;
    gap: 8px;
  }

  .details dt {
    color: var(--_quiet);
    font-size: 0.87em;
  }

  .details dd {
    white-space: pre-wrap;
  }

  .message {
    white-space: pre-line;
  }

  .actions {
    display: grid;
    gap: 8px;
    margin: auto -20px 0;
    padding: 12px 20px 16px;
    border-top: 1px solid var(--_line);
    background: var(--_page);
  }

  .hint {
    min-height: 1.45em;
  }

  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }

  .buttons button {
    flex: 1 1 auto;
    min-height: 40px;
    padding-inline: 10px;
    font-weight: 600;
  }

  .allow {
    position: relative;
    overflow: hidden;
  }

  /* How long until it counts: a line that fills, and is gone when the button works. */
  .waiting .allow::after {
    content: "";
    position: absolute;
    inset: auto 0 0;
    height: 3px;
    background: var(--_edge);
    transform-origin: left;
    animation: fill 500ms linear;
  }

  [dir="rtl"] .allow::after {
    transform-origin: right;
  }

  @keyframes fill {
    from {
      transform: scaleX(0);
    }
  }

  .over {
    display: grid;
    flex: 1;
    gap: 12px;
    align-content: center;
    justify-items: center;
    padding-block: 40px;
    text-align: center;
  }

  .over h1 {
    font-size: 1.1em;
    font-weight: 500;
  }

  /* Always in view, unless that would leave no room to read. */
  .pinned .caller {
    position: sticky;
    top: 8px;
    z-index: 1;
    /* Nothing that is scrolled shows around it. */
    box-shadow: 0 0 0 8px var(--_page);
  }

  .pinned .actions {
    position: sticky;
    bottom: 0;
    z-index: 1;
  }

  /* Two rows then: none of the three stands out for its size. */
  @media (width < 400px) {
    .three .deny {
      flex-basis: 100%;
    }
  }

  @media (prefers-reduced-motion: reduce) {
    .waiting .allow::after {
      animation: none;
    }
  }
`;
