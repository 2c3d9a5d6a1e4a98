/** The candidate that is at most a quarter of its letters away; `null` when none is. */
export function closestName(name: string, candidates: readonly string[]): string | null {
  let best: { readonly name: string; readonly distance: number } | null = null
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) > candidate.length / 4) continue
    const distance = editDistance(name, candidate)
    if (distance <= candidate.length / 4 && (best === null || distance < best.distance)) best = { name: candidate, distance }
  }
  return best?.name ?? null
}

/** Levenshtein's, by rows. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
