import { css } from 'lit';

export const connectionsStyles = css`
  .screen,
  section {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 10px;
  }

  .screen {
    gap: 24px;
  }

  h3 {
    font-size: 1.05em;
  }

  h4 {
    margin: 0 0 2px;
    color: var(--_quiet);
    font-size: 0.87em;
    font-weight: 500;
  }

  .cards {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr));
    gap: 14px;
    align-items: start;
  }

  .card {
    display: flex;
    flex-direction: column;
    gap: 12px;
    padding: 16px 18px;
    border: 1px solid var(--_line);
    border-radius: calc(var(--_radius) * 1.4);
    background: var(--_surface);
  }

  .card header {
    display: flex;
    flex-wrap: wrap;
    gap: 6px 12px;
    align-items: flex-start;
    justify-content: space-between;
  }

  .caller {
    display: grid;
    flex: 1 1 15em;
    gap: 2px;
  }

  .card > .caller {
    flex: none;
  }

  .caller .kind {
    color: var(--_quiet);
    font-size: 0.87em;
  }

  .caller .id {
    font-weight: 600;
  }

  .caller .key {
    color: var(--_quiet);
    font-size: 0.87em;
  }

  .caller .key .id {
    font-weight: 400;
  }

  .liveness {
    display: flex;
    gap: 8px;
    align-items: center;
    padding: 2px 10px;
    border: 1px solid var(--_line);
    border-radius: 99px;
    font-size: 0.87em;
    white-space: nowrap;
  }

  .liveness::before {
    content: "";
    width: 8px;
    height: 8px;
    border: 2px solid var(--_quiet);
    border-radius: 50%;
  }

  .liveness.live::before {
    border-color: var(--_good);
    background: var(--_good);
  }

  .liveness.disabled::before {
    border-radius: 0;
  }

  .times {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 18px;
  }

  .times > div {
    display: flex;
    gap: 6px;
  }

  .lines > li {
    display: flex;
    flex-wrap: wrap;
    gap: 6px 12px;
    align-items: center;
    justify-content: space-between;
    padding: 8px 0;
  }

  .lines > li + li {
    border-top: 1px solid var(--_line);
  }

  .what {
    flex: 1 1 9em;
    min-width: 0;
  }

  .title,
  .decision {
    font-weight: 600;
  }

  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    align-items: center;
  }

  .controls {
    justify-content: space-between;
  }

  .controls label {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    align-items: center;
    min-width: 0;
  }

  .deeds {
    margin-top: auto;
  }

  .question,
  .question > :first-child {
    flex: 1 1 100%;
  }

  .danger {
    border-color: var(--_bad);
    color: var(--_bad);
  }

  .audit > li {
    align-items: baseline;
  }

  .when {
    white-space: nowrap;
  }

  .more {
    justify-self: start;
  }

  .empty {
    padding: 24px 18px;
    border: 1px dashed var(--_edge);
    border-radius: calc(var(--_radius) * 1.4);
    color: var(--_quiet);
    text-align: center;
  }

  @media (width < 560px) {
    .audit .what {
      flex-basis: 100%;
    }
  }
`;
