"""What to do about a row that was set aside, by its reason."""

from __future__ import annotations

import re

_FIXES = [
    (r"quote is opened|after a closing quote", "Close the quote where the field ends, and write a quote inside of a field twice (\"\")."),
    (r"(\d+|…) fields instead of", "Give the row as many fields as the header has; put fields that hold the delimiter into quotes."),
    (r"NUL", "Take the zero bytes out; they often come from a broken copy or a wrong encoding."),
    (r"^the column .* holds bytes", "Leave the column out when the file is written, or write it as text; pictures and sounds are not read."),
    (r"bytes that (are not|cannot)|not text", "Save the file as UTF-8, or name its encoding with format.encoding."),
    (r"surrogate", "Write the whole character (both halves of the pair), or take it out."),
    (r"nested deeper", "Store the deep part as one text, or leave it out."),
    (r"NaN or Infinity", "Write null instead of NaN or Infinity."),
    (r"invalid JSON|not an object|empty object|damaged object", "Write one JSON object with named fields on the line; the column of the fault is given."),
    (r"second object follows", "Keep one list in the file, or write one object a line."),
    (r"longer than|more than (\d+|…) MB", "Cut it into shorter rows; for text, read it by line or paragraph."),
    (r"^a value of the column .* is not ", "Write it as its type has it, or leave it empty; if the column holds other things too, choose the type text."),
    (r"columns", "Leave out the columns that a model does not read, or put them into one nested column."),
    (r"no match of the pattern", "Widen the pattern, or let it stand between rows instead of naming groups."),
    (r"is empty$|holds no (list of )?messages", "Fill it in or delete the row; if another column holds it, map that one."),
    (r"is from the .* where the", "Put the messages into turns: user, assistant, user, …; join two in a row, or delete one."),
    (r"ends without an answer", "Add the assistant's answer, or delete the last question."),
    (r"^it names .* twice", "Keep one of the two values; an object has each name once."),
    (r"has (the|no) role", "Name the role system, user or assistant."),
    (r"is not an object with a role", "Write each message as {\"role\": …, \"content\": …}."),
    (r"something other than text", "Keep the text parts only; pictures and sounds are not read."),
    (r"do not answer the same prompt", "Give both answers the same conversation before them."),
    (r"answer are the same", "Make the answers differ, or delete the row."),
    (r"no prompt before", "Map the column with the prompt, or begin both conversations with the user."),
    (r"neither good nor bad", "Write true or false, good or bad, 1 or 0."),
    (r"is a (list|nested object), not text", "Map a column that holds text, or turn the list into text first."),
]  # fmt: skip
_COMPILED = [(re.compile(pattern), fix) for pattern, fix in _FIXES]
_ANY = "Correct the row in the file, or delete it there."


def fix_for(reason: str) -> str:
    """One sentence of advice; a general one where the reason is of no known kind (a plugin's, for example)."""
    return next((fix for pattern, fix in _COMPILED if pattern.search(reason)), _ANY)
