const SEVERITIES: { readonly [level: string]: string } = { debug: 'DEBUG', info: 'INFO', warn: 'WARNING', error: 'ERROR' }

/**
 * A line of `functionLogger` as Cloud Logging reads it: with the `severity` that it sorts and alerts by
 * (https://cloud.google.com/logging/docs/structured-logging). Any other line as it is.
 */
export function severityLine(line: string): string {
  const [, level = ''] = /^\{"level":"([a-z]+)"/.exec(line) ?? []
  const severity = SEVERITIES[level]
  return severity === undefined ? line : `{"severity":"${severity}",${line.slice(1)}`
}
