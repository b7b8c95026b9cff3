// Keyboard shortcuts: "/" search, "g" and a letter to a page of the menu, "j" "k" rows, "?" the list of them.
// Off in fields; a reader who switched them off does not load this file.
const dialog = document.getElementById("keys");
let waiting = false;

const isField = (node) => node instanceof Element && node.closest("input, textarea, select, [contenteditable]") !== null;

function stepRow(by) {
  const rows = [...document.querySelectorAll("main tbody th a, main .todo h3 a, main .plainlist a.row")];
  const at = rows.indexOf(document.activeElement);
  const next = rows[at === -1 && by < 0 ? rows.length - 1 : at + by];
  if (next) next.focus();
}

function go(keys) {
  const goal = document.querySelector(`[data-key="${CSS.escape(keys)}"]`);
  if (!goal) return false;
  if (goal.matches("input")) goal.focus();
  else goal.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isField(event.target) || dialog.open) return;
  const keys = waiting ? `g ${event.key}` : event.key;
  waiting = keys === "g";
  if (keys === "?") dialog.showModal();
  else if (keys === "j") stepRow(1);
  else if (keys === "k") stepRow(-1);
  else if (!waiting && go(keys)) event.preventDefault();
});
