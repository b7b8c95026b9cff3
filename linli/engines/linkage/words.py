"""Words for linkage's codes, in Chinese and English."""

from __future__ import annotations

from linli.engines.words import Words

_AGAIN_ZH = "请用同一批名册重新关联。"
_AGAIN_EN = "Link the same lists again."

WORDS = Words(
    {
        "id_same": ("证号相同", "same ID number"),
        "id_masked_same": ("证号可见部分相同", "visible part of the ID number agrees"),
        "id_one_digit": ("证号只差一位", "ID number one digit off"),
        "id_two_digits": ("证号差两位", "ID number two digits off"),
        "id_masked_one_digit": ("证号可见部分差一位", "visible part of the ID number one digit off"),
        "id_differs_doubtful": ("证号不同（其中有待核的）", "ID numbers differ (one needs checking)"),
        "id_differs": ("证号不同", "ID numbers differ"),
        "name_same": ("姓名相同", "same name"),
        "name_same_some": ("姓名相同（有重名）", "same name (others bear it too)"),
        "name_same_common": ("姓名相同（重名较多）", "same name (a common one)"),
        "name_sound": ("姓名同音", "names sound the same"),
        "name_reversed": ("姓名字序颠倒", "characters of the name reversed"),
        "name_part": ("姓名多字或少字", "a character of the name missing or added"),
        "name_one_character": ("姓名一字之差", "one character of the name differs"),
        "name_given": ("名同音而姓不同", "given names sound the same, surnames differ"),
        "name_surname": ("姓同而名不同", "same surname, given names differ"),
        "name_differs": ("姓名不同", "names differ"),
        "birth_same": ("出生日期相同", "same birth date"),
        "birth_swapped": ("出生月日颠倒", "birth day and month swapped"),
        "birth_one_digit": ("出生日期差一位", "birth date one digit off"),
        "birth_one_part": ("出生年、月、日有一项不同", "year, month or day of birth differs"),
        "birth_month_alone": ("出生年月相同（一方只到月）", "same birth month (the day is known on one side only)"),
        "birth_year_alone": ("出生年份相同（一方只有年份）", "same birth year (only the year is known)"),
        "birth_year": ("仅出生年份相同", "only the birth year agrees"),
        "birth_near": ("出生年份相近", "birth years close"),
        "birth_differs": ("出生日期不同", "birth dates differ"),
        "phone_same": ("电话相同", "same phone"),
        "phone_same_shared": ("电话相同（多人共用）", "same phone (shared by many)"),
        "phone_one_digit": ("电话只差一位", "phone one digit off"),
        "phone_differs": ("电话不同", "phones differ"),
        "place_door": ("住址门牌相同", "same door"),
        "place_house": ("住址楼院相同", "same house"),
        "place_unknown_door": ("同一区划", "same division code"),
        "place_road": ("同路或同村", "same road or village"),
        "place_town": ("同一区划，住址不同", "same division code, other address"),
        "place_county": ("同一区县", "same county"),
        "place_differs": ("地区不同", "other region"),
        "sex_same": ("性别相同", "same sex"),
        "sex_differs": ("性别不同", "sex differs"),
        "joiner": ("、", ", "),
        "why": ("与{list}的{record}：{points}", "with {record} of {list}: {points}"),
        "row": ("第{row}行", "row {row}"),
        "number": ("{number}号", "no. {number}"),
        "why_doubtful": ("{why}（有待核的值，不作确定关联）", "{why} (a value needs checking: not a certain link)"),
        "why_alone": ("各名册中未见同一人的其他记录", "no other record of this person in the lists"),
        "why_alone_doubtful": ("有疑似记录，见待核对名单", "a possible record is in the review list"),
        "overruled": ("与该人其他记录不合", "at odds with that person's other records"),
        "unique_id_missing": (
            "缺少记录编号列。请用名册读取程序生成记录后再关联。",
            "The column of record numbers is missing. Make the records with the list reader first.",
        ),
        "unique_id_empty": ("记录编号为空。请补上编号。", "The record number is empty. Give the record a number."),
        "unique_id_repeated": (
            "记录编号重复。请使每条记录的编号唯一。",
            "The record number is repeated. Give every record its own.",
        ),
        "record_without_link": (f"这条记录没有关联结果。{_AGAIN_ZH}", f"The record has no link. {_AGAIN_EN}"),
        "link_without_record": (
            f"关联结果中的编号不在记录里。{_AGAIN_ZH}",
            f"The link names a record that is not there. {_AGAIN_EN}",
        ),
        "link_repeated": (f"同一记录有两条关联结果。{_AGAIN_ZH}", f"The record is linked twice. {_AGAIN_EN}"),
        "source_differs": (
            f"关联结果的名册与记录不符。{_AGAIN_ZH}",
            f"The link gives another list than the record. {_AGAIN_EN}",
        ),
        "probability_out_of_range": (
            f"概率不在 0 到 1 之间。{_AGAIN_ZH}",
            f"The probability is not between 0 and 1. {_AGAIN_EN}",
        ),
        "person_misnamed": (
            f"人员编号与其记录不符。{_AGAIN_ZH}",
            f"The person's number does not follow from its records. {_AGAIN_EN}",
        ),
        "review_without_record": (
            f"待核对的一对不是两条不同的记录。{_AGAIN_ZH}",
            f"The pair to review is not two different records. {_AGAIN_EN}",
        ),
        "digest_differs": (
            f"结果不是由这批记录得出的。{_AGAIN_ZH}",
            f"The result was not made from these records. {_AGAIN_EN}",
        ),
        "columns_differ": (
            f"结果表的列不符。{_AGAIN_ZH}",
            f"The columns of the result are not as agreed. {_AGAIN_EN}",
        ),
        "nobody_in_lists": (
            "名册中没有可以读取的人。请检查表头和内容。",
            "No person could be read from the lists. Check headings and contents.",
        ),
        "table_unreadable": ("读不出这个文件。请重新导出后再试。", "The file cannot be read. Export it again."),
        "clean": ("整理各项内容", "Preparing the values"),
        "block": ("选取待比对的记录", "Choosing pairs to compare"),
        "compare": ("逐项比对", "Comparing"),
        "fit": ("估计参数、选定界限", "Estimating, choosing the threshold"),
        "cluster": ("归并为人", "Joining records into persons"),
        "explain": ("写明理由", "Writing the reasons"),
        "resolve": ("选定各项事实", "Choosing the facts"),
    }
)
