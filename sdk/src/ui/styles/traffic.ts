import { css } from 'lit';

/** What uPlot's own style sheet says of the parts that are used here, and the table beside it. */
export const trafficStyles = css`
  .plot {
    position: relative;
    width: 100%;
    min-width: 0;
    height: 160px;
    overflow: hidden;
  }

  .uplot {
    line-height: 1.5;
  }

  .u-wrap {
    position: relative;
    user-select: none;
  }

  .u-over,
  .u-under,
  .u-axis {
    position: absolute;
  }

  .u-under {
    overflow: hidden;
  }

  .uplot canvas {
    display: block;
    position: relative;
    width: 100%;
    height: 100%;
  }

  .u-off,
  .u-legend,
  .u-select,
  .probe {
    display: none;
  }

  .calls {
    color: var(--portico-calls, light-dark(#0f766e, #2dd4bf));
  }

  .bytes {
    color: var(--portico-bytes, light-dark(#9a3412, #fdba74));
  }

  .probe.line {
    color: var(--_line);
  }

  .probe.quiet {
    color: var(--_quiet);
  }

  .legend {
    display: flex;
    justify-content: space-between;
    padding-inline: 4px;
  }

  .legend li::before {
    content: "";
    display: inline-block;
    width: 20px;
    margin-inline-end: 6px;
    border-top: 2px solid;
    vertical-align: middle;
  }

  .legend .bytes::before {
    border-top-style: dashed;
  }

  details {
    margin-top: 4px;
    font-size: 0.9em;
  }

  .scroll {
    max-height: 220px;
    margin-top: 6px;
    overflow: auto;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
  }

  table {
    width: 100%;
    border-collapse: collapse;
  }

  th,
  td {
    padding: 4px 12px;
    font-weight: 400;
    text-align: end;
  }

  th:first-child {
    text-align: start;
  }

  thead th {
    position: sticky;
    top: 0;
    background: var(--_surface);
    font-weight: 600;
  }

  tbody tr {
    border-top: 1px solid var(--_line);
  }
`;
