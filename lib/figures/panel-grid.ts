/** How panels stand in rows. */
export interface PanelRows {
  readonly columns: number;
  /** Between panels, as a share of the width. */
  readonly gap: number;
  /** Of a panel, and of its axis with what stands between rows, pixels. */
  readonly panelHeight: number;
  readonly axisHeight: number;
}

/** Where one panel of a grid stands; domains are shares of the plot. */
export interface PanelPlace {
  /** What plotly appends to `xaxis` and `yaxis`: nothing, 2, 3, … */
  readonly suffix: string;
  readonly column: number;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** Places of `count` panels; `plotHeight` in pixels. */
export function panelGrid(
  count: number,
  { columns, gap, panelHeight, axisHeight }: PanelRows,
): { readonly plotHeight: number; readonly places: readonly PanelPlace[] } {
  const rows = Math.ceil(count / columns);
  const plotHeight = rows * panelHeight + (rows - 1) * axisHeight;
  const width = (1 - gap * (columns - 1)) / columns;
  const places = Array.from({ length: count }, (_, index): PanelPlace => {
    const column = index % columns;
    const left = column * (width + gap);
    const top = Math.floor(index / columns) * (panelHeight + axisHeight);
    return {
      suffix: index === 0 ? '' : String(index + 1),
      column,
      x: [left, left + width],
      y: [Math.max(0, 1 - (top + panelHeight) / plotHeight), 1 - top / plotHeight],
    };
  });
  return { plotHeight, places };
}
