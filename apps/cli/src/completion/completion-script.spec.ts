import { completionScript } from './completion-script';

describe('completionScript', () => {
  it('for bash', () =>
    expect(completionScript('bash', "/it's/clearway.js")).toMatchInlineSnapshot(`
"# Completion of clearway for bash: eval "$(npx clearway completion bash)"
command -v clearway >/dev/null || clearway() { '/it'\\''s/clearway.js' "$@"; }
_clearway() {
  local IFS=$'\\n'
  COMPREPLY=($('/it'\\''s/clearway.js' __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1))
}
complete -o bashdefault -o default -F _clearway clearway"
`));

  it('for zsh', () =>
    expect(completionScript('zsh', '/x/clearway.js')).toMatchInlineSnapshot(`
"# Completion of clearway for zsh: eval "$(npx clearway completion zsh)"
command -v clearway >/dev/null || clearway() { '/x/clearway.js' "$@"; }
_clearway() {
  local -a lines candidates
  local line
  lines=("\${(@f)$('/x/clearway.js' __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in $lines; do
    [[ -n $line ]] && candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  (( \${#candidates} )) && _describe 'clearway' candidates || _files
}
compdef _clearway clearway"
`));
});
