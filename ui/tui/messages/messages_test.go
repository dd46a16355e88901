package messages

import (
	"fmt"
	"testing"
	"time"

	"adbadge/model"
)

func TestANewerMessageSurvivesTheOlderOnesTimer(t *testing.T) {
	var l Log
	first, stays := l.Add(time.Time{}, model.OK, "first", "")
	if stays != 4*time.Second {
		t.Errorf("a success stays %v", stays)
	}
	second, _ := l.Add(time.Time{}, model.Warning, "second", "")
	if l.Expire(first) || l.Shown() == nil || l.Shown().Text != "second" {
		t.Error("the timer of the first message took the second away")
	}
	if !l.Expire(second) || l.Shown() != nil {
		t.Error("the message does not go")
	}
}

func TestErrorsStay(t *testing.T) {
	var l Log
	if _, stays := l.Add(time.Time{}, model.Critical, "broken", ""); stays != 0 {
		t.Errorf("an error goes by itself after %v", stays)
	}
	if !l.Dismiss() || l.Dismiss() || l.Shown() != nil {
		t.Error("esc does not dismiss it")
	}
}

func TestTheLogKeepsTheNewest(t *testing.T) {
	var l Log
	for i := range Kept + 10 {
		l.Note(time.Time{}, model.OK, fmt.Sprint(i))
	}
	if l.Len() != Kept || l.At(0).Text != fmt.Sprint(Kept+9) || l.At(Kept-1).Text != "10" {
		t.Errorf("%d messages, newest %q, oldest %q", l.Len(), l.At(0).Text, l.At(l.Len()-1).Text)
	}
	if l.Shown() != nil {
		t.Error("a note shows on the screen")
	}
}
