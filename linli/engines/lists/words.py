"""The words of this engine in Chinese and English: for every fault why it is one and what to do; for every
recognition why the column was taken so."""

from __future__ import annotations

from linli.engines.errors import Fault
from linli.engines.words import Lang, Words

FAULTS = Words(
    {
        # whole files and sheets
        "file_missing": ("文件读不到", "The file cannot be read"),
        "file_empty": ("文件是空的，没有任何内容", "The file is empty"),
        "file_too_big": (
            "文件有 {size} MB，超过上限 {limit} MB",
            "The file has {size} MB, more than the {limit} MB allowed",
        ),
        "unpacked_too_big": (
            "文件解压后超过上限 {limit} MB",
            "Unpacked, the file is larger than the {limit} MB allowed",
        ),
        "too_many_sheets": ("有 {count} 个工作表，超过上限 {limit} 个", "It has {count} sheets, more than {limit}"),
        "too_many_rows": (
            "有 {count} 行（或一行内单元格过多），超过上限 {limit} 行",
            "It has {count} rows (or too many cells), more than {limit}",
        ),
        "too_many_columns": ("有 {count} 列，超过上限 {limit} 列", "It has {count} columns, more than {limit}"),
        "file_encrypted": ("文件有密码，打不开", "The file is protected by a password"),
        "file_broken": ("文件已损坏或不完整", "The file is damaged or incomplete"),
        "file_not_table": ("这不是表格文件（或文字编码认不出）", "This is not a table (or its encoding is unknown)"),
        "file_web_page": (
            "这是网页另存的“Excel”，不是真正的表格文件",
            "This is a web page saved as “Excel”, not a workbook",
        ),
        "csv_open_quote": ("引号没有成对，后面的行被连在一起", "A quotation mark is not closed; rows run together"),
        "map_unreadable": ("列对照表读不出来", "The column map cannot be read"),
        "map_field_unknown": ("列对照表里写了没有的项目", "The column map names an unknown field"),
        "sheet_without_names": ("这个工作表里没有认出“姓名”列", "No column of names was recognised in this sheet"),
        "sheet_side_by_side": (
            "一行里并排写了几个人，整个工作表没有读",
            "Several people stand side by side in one row; the sheet was not read",
        ),
        "sheet_is_form": (
            "这是一人一张的登记表，不是一行一人的名册，没有读",
            "This is a form for one person, not a list with one person a row; it was not read",
        ),
        "sheet_hidden": ("这个工作表是隐藏的，也读了进来", "This sheet is hidden in the file; it was read too"),
        # refused rows
        "no_name": ("没有姓名", "There is no name"),
        "name_not_a_name": ("姓名栏里写的不是姓名", "What stands in the name column is not a name"),
        "row_shifted": (
            "这一行错位了，姓名栏里是别的栏的内容",
            "The row is shifted: the name column holds another column's value",
        ),
        "row_repeated_heading": ("表格中间又出现了一次表头", "The headings are repeated in the middle of the list"),
        "row_other_table": (
            "从这里起是另一张表（表头不同），没有读",
            "Another table with other headings begins here; it was not read",
        ),
        "cell_error": ("公式没有算出结果", "The formula gives no result"),
        "several_people": ("一行里写了几个人", "Several people stand in one row"),
        "no_date_no_id": (
            "身份证号和出生日期都没有或都认不出，无法确定是谁",
            "Neither an ID number nor a birth date can be read, so nobody can tell who this is",
        ),
        # doubtful values
        "id_check": (
            "身份证号最后一位校验不对，可能抄错一位",
            "The ID number's check digit is wrong; a digit may be miswritten",
        ),
        "id_old15": ("这是 15 位旧身份证号", "This is an old 15-digit ID number"),
        "id_masked": ("身份证号被遮盖（有星号）", "The ID number is masked"),
        "id_shape": ("身份证号位数或写法不对", "The ID number has the wrong length or form"),
        "id_date": (
            "身份证号里的出生日期不存在或在将来",
            "The birth date inside the ID number does not exist or lies in the future",
        ),
        "id_region": ("身份证号前六位不是任何区划代码", "The first six digits of the ID number are no division code"),
        "id_lost_digits": (
            "号码被当作数字保存，Excel 只留 15 位，后几位已丢失",
            "The number was stored as a number; Excel keeps 15 digits and the last ones are lost",
        ),
        "head_id_doubtful": ("户主身份证号有疑问", "The head's ID number is doubtful"),
        "birth_id_mismatch": (
            "出生日期与身份证号里的 {id_date} 不一致",
            "The birth date differs from {id_date} in the ID number",
        ),
        "birth_too_old": (
            "出生日期太早，可能是系统的空日期",
            "The birth date is too far back; it may be a program's empty date",
        ),
        "sex_id_mismatch": ("性别与身份证号不一致", "The sex differs from the ID number"),
        "sex_unknown": ("性别的写法认不出", "The word for the sex is unknown"),
        "date_impossible": ("这个日期不存在", "This date does not exist"),
        "date_unreadable": ("日期的写法认不出", "The date cannot be read"),
        "birth_short_year": (
            "年份只写了两位，当作 19 开头",
            "The year has two digits; it was taken as one of the 1900s",
        ),
        "date_ambiguous": ("日期有两种读法，只取了年份", "The date can be read in two ways; only the year was taken"),
        "date_future": ("日期在将来", "The date lies in the future"),
        "phone_shape": ("不像电话号码", "This is not a phone number"),
        "phone_masked": ("电话号码被遮盖（有星号）", "The phone number is masked"),
        "region_shape": ("区划代码不是 6、9 或 12 位", "The division code has not 6, 9 or 12 digits"),
        "region_unknown": ("没有这个区划代码", "There is no such division code"),
        "card_shape": ("残疾证号不是“身份证号＋类别＋等级”", "The disability card is not ID number + class + grade"),
        "card_id_mismatch": (
            "残疾证号里的身份证号与身份证号栏不一致",
            "The ID inside the disability card differs from the ID column",
        ),
        "card_words_mismatch": (
            "残疾证号末两位与残疾类别、等级栏不一致",
            "The card's last digits differ from the class or grade column",
        ),
        "amount_unreadable": ("金额的写法认不出", "The amount cannot be read"),
        # remarks on a sheet or a wording
        "end_by_period": (
            "结束日期只写到月或年，按那个月（年）的最后一天算",
            "The end is given as a month or year; its last day is taken",
        ),
        "income_monthly": (
            "表头没有写是按月还是按年，看数额按月收入读了",
            "The heading does not say per month or per year; by their size the sums were read as monthly",
        ),
        "income_unclear": (
            "表头没有写是按月还是按年，看数额也分不清，这一列没有采用",
            "The heading does not say per month or per year, nor does the size of the sums; the column was not taken",
        ),
        "word_unknown": (
            "这个写法没有对应的代码，或说的是“没有、不是”，原文已保留",
            "This wording has no code, or says what is not so; it is kept as written",
        ),
        "title_groups": (
            "标题里写了几类对象，又没有写明每个人是哪一类的列，没有据此归类",
            "The title names several groups and no column says who is of which; no group was taken from it",
        ),
        "title_denied": (
            "标题、工作表名或文件名说的是退出、停发、申请或不属于，没有据此归类",
            "The title, sheet or file name speaks of leaving, applying or not belonging; no group was taken from it",
        ),
    }
)

CURES = Words(
    {
        "file_missing": ("请检查文件位置和读取权限", "Check where the file is and whether it may be read"),
        "file_empty": ("请确认发来的是填好的表", "Make sure the filled-in list was sent"),
        "file_too_big": ("请按镇街或年份拆成几个文件", "Split it by town or year"),
        "unpacked_too_big": (
            "请删去图片和空白行列，或拆成几个文件",
            "Remove pictures and empty rows and columns, or split it",
        ),
        "too_many_sheets": ("请只保留名册所在的工作表", "Keep only the sheets that hold the list"),
        "too_many_rows": ("请删去表格下方的空白行，或拆成几个文件", "Delete empty rows below the list, or split it"),
        "too_many_columns": ("请删去表格右侧的空白列", "Delete empty columns to the right of the list"),
        "file_encrypted": ("请去掉密码后另存再发", "Remove the password, save again and resend"),
        "file_broken": (
            "请用 Excel 或 WPS 打开，另存为 .xlsx 再发",
            "Open it in Excel or WPS, save as .xlsx and resend",
        ),
        "file_not_table": ("请发 .xlsx、.xls 或 .csv 文件", "Send an .xlsx, .xls or .csv file"),
        "file_web_page": (
            "请用 Excel 或 WPS 打开，另存为 .xlsx 再发",
            "Open it in Excel or WPS, save as .xlsx and resend",
        ),
        "csv_open_quote": (
            "请从这一行起检查引号，或另存为 .xlsx",
            "Check the quotation marks from this row on, or save as .xlsx",
        ),
        "map_unreadable": (
            '请写成 TOML：[columns] 下每行 "表头" = "项目"',
            'Write it as TOML: under [columns] one line "heading" = "field" each',
        ),
        "map_field_unknown": ("请改成其中一个：{known}", "Use one of these: {known}"),
        "sheet_without_names": (
            "请把姓名那一列的表头写成“姓名”，或在“对列”里指明哪一列是姓名（命令行用 --columns）",
            "Head the column of names “姓名”, or name it under “Match columns” (on the command line: --columns)",
        ),
        "sheet_side_by_side": (
            "请把右边的一栏移到左边一栏的下面，一行一个人",
            "Move the right-hand block below the left one: one person a row",
        ),
        "sheet_is_form": (
            "请把各人抄成一张名册：第一行写表头，下面一行一个人",
            "Copy the people into one list: headings in the first row, one person a row below",
        ),
        "sheet_hidden": (
            "不该用的，请从文件里删去这个工作表",
            "If it should not be used, delete the sheet from the file",
        ),
        "no_name": ("请补上姓名", "Add the name"),
        "name_not_a_name": ("请改成本人姓名", "Write the person's name"),
        "row_shifted": ("请把这一行的内容对齐到各栏", "Move the row's cells under their headings"),
        "row_repeated_heading": ("删去这一行即可", "Delete this row"),
        "row_other_table": (
            "请把下面的表移到另一个工作表，连同它的表头",
            "Move the table below to a sheet of its own, with its headings",
        ),
        "cell_error": ("请填上内容，或改正公式后另存", "Write the value, or correct the formula and save again"),
        "several_people": ("请拆成一行一个人", "Write one person a row"),
        "no_date_no_id": (
            "请补上身份证号，没有证件的至少补出生年份",
            "Add the ID number, or at least the year of birth",
        ),
        "id_check": ("请对照身份证原件改正", "Compare with the card and correct it"),
        "id_old15": (
            "请换成 18 位身份证号，须本人或经办人核对",
            "Replace it by the 18-digit number after a person has checked it",
        ),
        "id_masked": (
            "请补上完整号码；不能给的可保留，由人核对",
            "Give the whole number; if that is not allowed, a person will check",
        ),
        "id_shape": ("请对照证件改正；其他证件请写全号码", "Compare with the document and correct it"),
        "id_date": ("请对照身份证原件改正", "Compare with the card and correct it"),
        "id_region": ("请对照身份证原件改正前六位", "Compare the first six digits with the card"),
        "id_lost_digits": (
            "请把这一列设为“文本”格式后重新填写号码",
            "Format the column as text and type the number again",
        ),
        "head_id_doubtful": ("请核对户主身份证号", "Check the head's ID number"),
        "birth_id_mismatch": ("请对照证件，改正其中写错的一个", "Compare with the document and correct the wrong one"),
        "birth_too_old": ("请核对出生日期", "Check the birth date"),
        "sex_id_mismatch": ("请核对性别和身份证号", "Check the sex and the ID number"),
        "sex_unknown": ("请写“男”或“女”", "Write 男 or 女"),
        "date_impossible": ("请改成真实日期，如 1950-01-31", "Write a real date such as 1950-01-31"),
        "date_unreadable": ("请写成 1950-01-31、1950-01 或 1950", "Write it as 1950-01-31, 1950-01 or 1950"),
        "birth_short_year": ("请写出四位年份，如 1950", "Write the year with four digits, such as 1950"),
        "date_ambiguous": ("请写成 1950-01-31 或 1950-10", "Write it as 1950-01-31 or 1950-10"),
        "date_future": ("请核对日期", "Check the date"),
        "phone_shape": ("请写 11 位手机号，或带区号的座机", "Write an 11-digit mobile or a landline with area code"),
        "phone_masked": ("请补上完整号码", "Give the whole number"),
        "region_shape": ("请写 6、9 或 12 位代码，或改写镇村名称", "Write 6, 9 or 12 digits, or the name of the place"),
        "region_unknown": ("请对照最新区划代码表改正", "Compare with the current table of division codes"),
        "card_shape": ("请对照残疾证，写全 20 位", "Compare with the card; write all 20 characters"),
        "card_id_mismatch": ("请对照两证，改正写错的一个", "Compare both documents and correct the wrong one"),
        "card_words_mismatch": ("请对照残疾证改正", "Compare with the card and correct it"),
        "amount_unreadable": ("请只写数字，单位写在表头里", "Write digits only; put the unit in the heading"),
        "end_by_period": ("请写到日，如 2026-12-31", "Write the day too, such as 2026-12-31"),
        "income_monthly": (
            "请在表头写明“人均月收入”或“人均年收入”",
            "Head the column “人均月收入” (per month) or “人均年收入” (per year)",
        ),
        "income_unclear": (
            "请在表头写明“人均月收入”或“人均年收入”，再读一次",
            "Head the column “人均月收入” (per month) or “人均年收入” (per year) and read it again",
        ),
        "word_unknown": (
            "请改写成明确的说法，如“独居”“与子女同住”“不能自理”",
            "Use a plain wording, such as “独居”, “与子女同住” or “不能自理”",
        ),
        "title_groups": (
            "请加一列“对象类别”，或按类别分成几份名单",
            "Add a column “对象类别”, or send one list per group",
        ),
        "title_denied": (
            "名单上的人如果在享受，请把“在享受”的人单独成表，并改正标题",
            "If those listed do receive it, put them on a list of their own with a plain title",
        ),
    }
)

WHYS = Words(
    {
        "heading_exact": ("表头写明", "the heading says so"),
        "heading_part": ("表头包含这个词", "the heading contains the word"),
        "heading_similar": ("表头相近，请确认", "the heading is similar; please confirm"),
        "heading_other_person": ("表头说的是另一个人", "the heading speaks of another person"),
        "heading_none": ("没有对应的项目，原样保留", "no field of ours; kept as it is"),
        "content": ("表头不明，按内容判断", "told by its content"),
        "content_over_heading": ("内容与表头不符，按内容判断", "its content says something else than the heading"),
        "content_against_heading": ("内容与表头不符，未采用", "its content contradicts the heading; not taken"),
        "field_taken": ("已有另一列更合适，原样保留", "another column fits better; kept as it is"),
        "head_is_subject": ("名册以户主（成员）为对象", "the list is of heads (or members)"),
        "by_hand": ("由人指定", "set by a person"),
        "by_map": ("由列对照表指定", "set by the column map"),
        "blank": ("空白行", "empty rows"),
        "total": ("合计行", "sums"),
        "signature": ("签章行", "signature lines"),
        "note": ("说明行", "notes"),
    }
)


def explain(fault: Fault, lang: Lang = "zh") -> tuple[str, str]:
    """Why it is a fault, and what to do about it."""
    return FAULTS.say(fault.code, lang, **fault.params), CURES.say(fault.code, lang, **fault.params)


def say(fault: Fault, lang: Lang = "zh") -> str:
    """Fault and cure in one line."""
    why, cure = explain(fault, lang)
    return f"{why}。{cure}。" if lang == "zh" else f"{why}. {cure}."
