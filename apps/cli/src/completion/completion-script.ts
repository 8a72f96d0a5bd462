/** Shells that a script is made for. */
export const SHELLS = ['bash', 'zsh'] as const;

/** One of them. */
export type Shell = (typeof SHELLS)[number];

/**
 * The script to evaluate in a shell. It asks the program for candidates, so it never goes stale. Where no `clearway` is on
 * the path it defines one, because `npx clearway` can not be completed.
 * @param launcher full path of the program
 */
export function completionScript(shell: Shell, launcher: string): string {
  const program = `'${launcher.replaceAll("'", "'\\''")}'`;
  return shell === 'bash' ? bashScript(program) : zshScript(program);
}

function bashScript(program: string): string {
  return `# Completion of clearway for bash: eval "$(npx clearway completion bash)"
command -v clearway >/dev/null || clearway() { ${program} "$@"; }
_clearway() {
  local IFS=$'\\n'
  COMPREPLY=($(${program} __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1))
}
complete -o bashdefault -o default -F _clearway clearway`;
}

function zshScript(program: string): string {
  return `# Completion of clearway for zsh: eval "$(npx clearway completion zsh)"
command -v clearway >/dev/null || clearway() { ${program} "$@"; }
_clearway() {
  local -a lines candidates
  local line
  lines=("\${(@f)$(${program} __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in $lines; do
    [[ -n $line ]] && candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  (( \${#candidates} )) && _describe 'clearway' candidates || _files
}
compdef _clearway clearway`;
}
