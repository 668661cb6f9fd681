import type { Metrics } from './record.js';

/** A nested group of metrics by its name; an empty one where there is none. */
export function metricsGroup(metrics: Metrics, name: string): Metrics {
  const value = metrics[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Metrics) : {};
}
