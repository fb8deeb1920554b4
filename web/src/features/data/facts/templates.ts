// Templates that every server has, by name; a Jinja text is one, too.

export const TEMPLATES = [
  { id: "chatml", title: "Chat with a start and an end mark around every turn" },
  { id: "alpaca", title: "Instruction and response under headings" },
  { id: "plain", title: "The prompt, a line break, the answer" },
  { id: "marks", title: "One mark before the task, one before the answer, one at the end" },
] as const;
