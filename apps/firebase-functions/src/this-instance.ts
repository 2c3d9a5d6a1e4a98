/** Whether this process was started to run one of these functions. None is, while Firebase only wants to know which functions there are. */
export function isFor(...names: readonly string[]): boolean {
  return names.includes(process.env['FUNCTION_TARGET'] ?? '')
}

/**
 * The function of that name. All functions are in one module, and each instance runs one of them: that one is loaded at once, and a configuration with which it cannot work ends
 * the process by the rejection that nobody handles. The others are not loaded, unless a debugger makes one process run all of them.
 */
export function ofInstance<Parameters extends readonly unknown[], Result>(
  name: string,
  load: () => Promise<(...values: Parameters) => Promise<Result>>,
): (...values: Parameters) => Promise<Result> {
  let loading: ReturnType<typeof load> | null = null
  const loaded = (): ReturnType<typeof load> => (loading ??= load())
  if (isFor(name)) void loaded()
  return async (...values) => (await loaded())(...values)
}
