/**
 * Notes one after another, each followed by an empty line: a growing file that people can read and that a cut-off write leaves
 * readable up to the cut. Neither a checkpoint's text nor its signatures hold an empty line, so the places are never in doubt.
 */
export interface CheckpointLog {
  /** Complete notes, oldest first, each exactly as it was signed. */
  readonly notes: readonly string[];
  /** Characters up to the end of the last complete note; what follows was cut off. */
  readonly completeChars: number;
}

/** Writes one note as it stands in a log. */
export function formatLoggedCheckpoint(note: string): string {
  return `${note}\n`;
}

/** Takes a log apart. Nothing in it is verified. */
export function splitCheckpointLog(text: string): CheckpointLog {
  const parts = text.split('\n\n');
  const notes: string[] = [];
  let completeChars = 0;
  // The last part has no empty line behind it: it is the empty rest, or what was cut off.
  for (let i = 0; i + 2 < parts.length; i += 2) {
    const note = `${parts[i]}\n\n${parts[i + 1]}\n`;
    notes.push(note);
    completeChars += note.length + 1;
  }
  return { notes, completeChars };
}
