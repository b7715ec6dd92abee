import type uPlot from 'uplot';
import type { Palette } from './palette.ts';
import type { PlotData } from './plot-data.ts';

const ANOMALY_RADIUS = 4.5;
const LATE_HALF = 3.5;

/** Shades the spans in which nothing could be flagged yet, under everything else. */
export function shadeWarmUps(plot: uPlot, data: PlotData, palette: Palette): void {
  const { ctx, bbox } = plot;
  const unit = devicePixelRatio;
  ctx.save();
  for (const { from, to } of data.warmUps) {
    const left = Math.max(bbox.left, plot.valToPos(from, 'x', true));
    const right = Math.min(bbox.left + bbox.width, Math.max(plot.valToPos(to, 'x', true), left + unit));
    if (right <= left) continue;
    ctx.fillStyle = palette.warmUp;
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    if (right - left < 80 * unit) continue;
    ctx.fillStyle = palette.muted;
    ctx.font = `${11 * unit}px system-ui, sans-serif`;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'top';
    ctx.fillText('warming up', left + 6 * unit, bbox.top + 6 * unit);
  }
  ctx.restore();
}

/** Draws anomalies as filled discs with a stem to the axis, and late readings as hollow squares. */
export function drawMarks(plot: uPlot, data: PlotData, palette: Palette): void {
  const { ctx, bbox } = plot;
  const unit = devicePixelRatio;
  const bottom = bbox.top + bbox.height;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top - 6 * unit, bbox.width + 6 * unit, bbox.height + 6 * unit);
  ctx.clip();
  ctx.lineWidth = 1.5 * unit;
  ctx.strokeStyle = palette.late;
  ctx.fillStyle = palette.surface;
  for (const [index, value] of data.late.entries()) {
    if (value === null || value === undefined) continue;
    const { x, y } = place(plot, data, index, value);
    const half = LATE_HALF * unit;
    ctx.fillRect(x - half, y - half, 2 * half, 2 * half);
    ctx.strokeRect(x - half, y - half, 2 * half, 2 * half);
  }
  for (const index of data.anomalies) {
    const value = data.value[index] ?? data.late[index];
    if (value === null || value === undefined) continue;
    const { x, y } = place(plot, data, index, value);
    if (x < bbox.left - 10 * unit || x > bbox.left + bbox.width + 10 * unit) continue;
    // The stem is what is seen of an anomaly when a thousand readings share the width.
    ctx.fillStyle = palette.anomaly;
    ctx.fillRect(x - unit, bottom - 7 * unit, 2 * unit, 7 * unit);
    ctx.beginPath();
    ctx.arc(x, y, ANOMALY_RADIUS * unit, 0, 2 * Math.PI);
    ctx.fill();
    ctx.strokeStyle = palette.surface;
    ctx.stroke();
  }
  ctx.restore();
}

function place(plot: uPlot, data: PlotData, index: number, value: number) {
  return { x: plot.valToPos(data.times[index] ?? 0, 'x', true), y: plot.valToPos(value, 'y', true) };
}
