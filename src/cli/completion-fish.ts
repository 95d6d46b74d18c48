import { argumentRows, commandRows, functionName, kindWord, type Row } from './completion-rows.js'
import type { CompletionWords, Word } from './completion-words.js'

/** Returns the script for fish 3. */
export function fishScript(words: CompletionWords): string {
  const name = `_${functionName(words.program)}`
  const list = (candidates: readonly Word[]) =>
    candidates.length === 0
      ? ''
      : `printf '%s\\t%s\\n' ${candidates.map(({ word, description }) => `${fishQuote(word)} ${fishQuote(description)}`).join(' ')}`
  const fishCases = (rows: Row[]) =>
    rows
      .filter(([, action]) => action !== '')
      .map(
        ([pattern, action]) =>
          `        case ${pattern.endsWith('*') ? `'${pattern}'` : fishQuote(pattern)}\n            ${action}`,
      )
      .join('\n')
  return `# ${words.program} completion for fish: ${words.program} completion fish | source
function ${name}_is_command
    switch "$argv[1]"
${fishCases(commandRows(words))}
        case '*'
            false
    end
end

function ${name}_commands
    switch "$argv[1]"
${fishCases(words.commands.map(({ path, commands }) => [path, list(commands)]))}
    end
end

function ${name}_options
    switch "$argv[1]"
${fishCases(words.commands.map(({ path, options }) => [path, list(options)]))}
    end
end

function ${name}_value_kind
    switch "$argv[1]"
${fishCases([...words.values].map(([flag, kind]) => [flag, `echo ${fishQuote(kindWord(kind))}`]))}
    end
end

function ${name}_argument_kind
    switch "$argv[1]"
${fishCases(argumentRows(words).map(([row, kind]) => [row, kind && `echo ${kind}`]))}
    end
end

function ${name}
    set -l cur (commandline -ct)
    set -l before (commandline -opc)
    set -l at ''
    set -l position 0
    set -l skip ''
    for word in $before[2..-1]
        if test -n "$skip"
            set skip ''
            continue
        end
        if string match -q -- '-*=*' "$word"
            continue
        end
        if string match -q -- '-*' "$word"
            set skip (${name}_value_kind "$word")
            continue
        end
        set -l next (string trim -- "$at $word")
        if test $position = 0; and ${name}_is_command "$next"
            set at "$next"
        else
            set position (math $position + 1)
        end
    end
    set -l kind $skip
    if test -z "$skip"
        if string match -q -- '-*' "$cur"
            ${name}_options "$at"
            return
        end
        test $position = 0; and ${name}_commands "$at"
        set kind (${name}_argument_kind (string trim -- "$at $position"))
    end
    switch "$kind"
        case identity
            for file in identities/*.json
                string replace -r '^identities/(.*)\\.json$' '$1' -- "$file"
            end
            __fish_complete_path "$cur"
        case folder
            __fish_complete_directories "$cur"
        case file
            __fish_complete_path "$cur"
        case any ''
        case '*'
            string split ' ' -- "$kind"
    end
end

complete -c ${words.program} -f -a '(${name})'
`
}

const fishQuote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
