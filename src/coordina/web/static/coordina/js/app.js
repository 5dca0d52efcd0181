// Everything a page can do beyond links and forms. Each module works alone; without any of them the page still works.
import "./shell.js";
import "./menus.js";
import "./palette.js";
import "./dialog.js";
import "./toast.js";
import "./forms.js";
import "./table.js";
import "./today.js";
import "./edit.js";
import "./combobox.js";
import "./board.js";
import "./composer.js";
import "./job.js";
import "./bulk.js";
import "./bell.js";
import "./duplicates.js";
import "./mentions.js";
