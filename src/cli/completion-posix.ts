import { argumentRows, commandRows, functionName, kindWord, type Row } from './completion-rows.js'
import type { CompletionWords, Word } from './completion-words.js'

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/** Returns the cases of a shell's `case`, `pattern) action ;;`, without those whose action is empty. */
function cases(rows: Row[]): string {
  return rows
    .filter(([, action]) => action !== '')
    .map(([pattern, action]) => `    ${quote(pattern)}) ${action} ;;`)
    .join('\n')
}

function wordList(words: readonly Word[], description: (word: Word) => string = ({ word }) => word): string {
  return words.length === 0 ? '' : `printf '%s\\n' ${words.map((word) => quote(description(word))).join(' ')}`
}

function kindRows({ values }: CompletionWords): Row[] {
  return [...values].map(([flag, kind]) => [flag, `kind=${quote(kindWord(kind))}`])
}

/** Puts a `*` that is meant as one outside the quotes. */
const openPattern = (row: string) => row.replace(/'([^']*)\*'\)/, "'$1'*)")

function posixTables(name: string, words: CompletionWords, described: (word: Word) => string): string {
  const tables = words.commands.map(({ path, commands, options }): [string, string, string] => [
    path,
    wordList(commands, described),
    wordList(options, described),
  ])
  const argumentCases = cases(argumentRows(words).map(([row, kind]) => [row, kind && `kind=${kind}`]))
  return `
${name}_is_command() {
  case "$1" in
${cases(commandRows(words))}
    *) false ;;
  esac
}

${name}_commands() {
  case "$1" in
${cases(tables.map(([path, commands]) => [path, commands]))}
  esac
}

${name}_options() {
  case "$1" in
${cases(tables.map(([path, , options]) => [path, options]))}
  esac
}

# Set kind to what follows an option, or to what an argument is.
${name}_value_kind() {
  kind=
  case "$1" in
${cases(kindRows(words))}
  esac
}

${name}_argument_kind() {
  kind=
  case "$1" in
${argumentCases.split('\n').map(openPattern).join('\n')}
  esac
}
`
}

/** Returns the walk over the words before the cursor, in the language bash and zsh share. */
const walk = (name: string, from: string, to: string, words: string) => `
  local at='' position=0 kind='' skip='' glue='' word i
  for ((i = ${from}; i < ${to}; i++)); do
    word=\${${words}[i]}
    # bash divides host:port and --option=value; what follows a colon belongs to what came before.
    case "$word" in
      :*) glue=1; continue ;;
      =) continue ;;
    esac
    if [ -n "$glue" ]; then glue=''; continue; fi
    if [ -n "$skip" ]; then skip=''; continue; fi
    case "$word" in
      -*=*) ;;
      -*) ${name}_value_kind "$word"; skip=$kind ;;
      *)
        if [ "$position" = 0 ] && ${name}_is_command "\${at:+$at }$word"; then at="\${at:+$at }$word"
        else position=$((position + 1)); fi ;;
    esac
  done
  kind=$skip
  if [ -z "$kind" ]; then ${name}_argument_kind "\${at:+$at }$position"; fi
`

/** Returns the script for bash 3.1 and later, which is what every system has. */
export function bashScript(words: CompletionWords): string {
  const name = functionName(words.program)
  return `# ${words.program} completion for bash: eval "$(${words.program} completion bash)"
${posixTables(name, words, ({ word }) => word)}
${name}_identities() {
  local file
  for file in identities/*.json; do
    file=\${file##*/}
    [ "$file" = '*.json' ] || printf '%s\\n' "\${file%.json}"
  done
}

${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} IFS=$' \\t\\n' candidate
${walk(name, '1', 'COMP_CWORD', 'COMP_WORDS')}
  COMPREPLY=()
  while IFS= read -r candidate; do
    if [[ -n $candidate && $candidate == "$cur"* ]]; then COMPREPLY+=("$(printf '%q' "$candidate")"); fi
  done < <(
    case "$skip$cur" in
      -*) ${name}_options "$at" ;;
      *)
        if [ -z "$skip" ] && [ "$position" = 0 ]; then ${name}_commands "$at"; fi
        case "$kind" in
          identity) ${name}_identities ;;
          folder) compgen -d -- "$cur" ;;
          file | any | '') ;;
          *) printf '%s\\n' $kind ;;
        esac ;;
    esac
  )
}

complete -o default -F ${name} ${words.program}
`
}

/** Returns the script for zsh with its completion system, whose own options it leaves as they are: `_describe` needs them. */
export function zshScript(words: CompletionWords): string {
  const name = functionName(words.program)
  // What _describe takes: a colon divides the word from what it is for.
  const described = ({ word, description }: Word) => `${word}:${description.replaceAll(':', '\\:')}`
  return `#compdef ${words.program}
# ${words.program} completion for zsh: eval "$(${words.program} completion zsh)"
${posixTables(name, words, described)}
${name}() {
  local cur=\${words[CURRENT]}
${walk(name, '2', 'CURRENT', 'words')}
  local -a found=()
  if [[ -z $skip && $cur == -* ]]; then
    found=("\${(@f)$(${name}_options "$at")}")
    _describe -o option found
    return
  fi
  if [[ -z $skip && $position == 0 ]]; then
    found=("\${(@f)$(${name}_commands "$at")}")
    [[ -n $found ]] && _describe command found
  fi
  case "$kind" in
    identity)
      found=(identities/*.json(N:t:r))
      [[ -n $found ]] && _describe identity found
      _files ;;
    folder) _files -/ ;;
    file) _files ;;
    any | '') ;;
    *) found=(\${=kind}); _describe value found ;;
  esac
}

if [[ $funcstack[1] == ${name} ]]; then ${name} "$@"
else
  if ! whence compdef >/dev/null; then autoload -U compinit && compinit -i; fi
  compdef ${name} ${words.program}
fi
`
}
