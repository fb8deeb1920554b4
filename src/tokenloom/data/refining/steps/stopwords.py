"""The commonest small words of some languages."""

from __future__ import annotations

STOP_WORDS = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the of and to a in is that it for was on are as with be at by this have from or not but an they which you we he she i his her "
        "their can will if what all there when who your so do has had one my",
        "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach "
        "wird bei einer um am sind noch wie einem über so zum war haben nur oder aber vor zur bis mehr durch man ich wir",
        "fr": "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec son mais on ou comme "
        "nous vous cette aux leur ses elle je sa si être été",
        "es": "de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ya este sí porque esta entre "
        "cuando muy sin sobre también me hasta hay donde",
        "it": "di e che la il un a per in una mi sono ho non ma lo ha le si ti i con cosa se io come da del al della nel dei alla gli è anche più",
        "pt": "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu sua ou ser quando muito",
        "nl": "de en van ik te dat die in een hij het niet zijn is was op aan met als voor had er maar om hem dan zou of wat mijn men dit zo door",
        "pl": "w i na z do się nie że to jest o jak za po przez od ale przy dla są tym tego co która które który być był już tylko także",
        "ru": "и в не на я быть он с что а по это она этот к но они мы весь который из у который то за свой что о от так для вы как его",
        "sv": "och i att det som en på är av för med den till inte om har ett de var jag men sig från vi så kan när han hon eller",
        "da": "og i at det er en til på som med for af den de ikke der har et han jeg var men sig fra vi kan så hun eller",
        "no": "og i det er på en som til å for av at med ikke de har den et jeg var men seg fra vi kan så han hun eller",
        "fi": "ja on ei se että hän oli ovat mutta kun niin myös joka tai jos kuin minä ole sen mitä vain nyt sitten",
        "cs": "a se v na je že s z do o i to k ve pro za by ale jako po jsem co jsou si od byl tak jeho",
        "tr": "ve bir bu da de için ile çok ne o ben daha gibi ama olarak kadar var sonra her mi en ki",
        "ro": "de și în a la cu o nu pe că un să din mai este pentru ce au fi care dar se ca sunt",
        "hu": "a az és hogy nem is egy ez de meg azt van csak ha már mint el még volt ki én",
        "id": "yang dan di dengan untuk tidak ini dari dalam itu pada akan juga ke karena ada adalah saya kami bisa",
    }.items()
}
"""By ISO 639-1 code; only languages with spaces between words."""
